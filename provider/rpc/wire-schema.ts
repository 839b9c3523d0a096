import { printType } from "../cty/type-notation.ts";
import * as tfplugin6 from "../gen/tfplugin6.ts";
import { type Attribute, isComputed, type Schema } from "../schema/schema.ts";

/** A schema as the protocol describes it. */
export function toSchema({ version, description, attributes }: Schema): tfplugin6.Schema {
  return tfplugin6.Schema.create({
    version,
    block: {
      version,
      description,
      descriptionKind: tfplugin6.StringKind.MARKDOWN,
      attributes: Object.entries(attributes).map(([name, attribute]) => toAttribute(name, attribute)),
    },
  });
}

function toAttribute(name: string, attribute: Attribute): tfplugin6.Schema_Attribute {
  const { type, description, from, sensitive = false, writeOnly = false } = attribute;
  return tfplugin6.Schema_Attribute.create({
    name,
    type: Buffer.from(printType(type)),
    description,
    descriptionKind: tfplugin6.StringKind.MARKDOWN,
    required: from === "required",
    optional: from === "optional" || from === "optional or computed",
    computed: isComputed(attribute),
    sensitive,
    writeOnly,
  });
}
