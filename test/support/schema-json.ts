import { printType } from "../../provider/cty/type-notation.ts";
import { namespaceProvider } from "../../provider/provider.ts";
import { type Attribute, isComputed, type Schema } from "../../provider/schema/schema.ts";

/** What `terraform providers schema -json` prints of our list resources and identities from 1.12 and 1.14 on. */
export function newerSchemas() {
  const { resources, listResources } = namespaceProvider({});
  const identities = Object.entries(resources).flatMap(([type, { schema, identity }]) => {
    if (!identity) return [];
    const attributes = identity.attributes.map((name) => [name, identityAttribute(schema.attributes[name])]);
    return [[type, { version: 0, attributes: Object.fromEntries(attributes) }]];
  });
  return {
    list_resource_schemas: mapped(listResources, ({ schema }) => schemaJson(schema)),
    resource_identity_schemas: Object.fromEntries(identities),
  };
}

const schemaJson = ({ version, description, attributes }: Schema) => ({
  version,
  block: { description, description_kind: "markdown", attributes: mapped(attributes, attributeJson) },
});

const attributeJson = (attribute: Attribute) => ({
  type: JSON.parse(printType(attribute.type)),
  description: attribute.description,
  description_kind: "markdown",
  required: attribute.from === "required",
  optional: attribute.from.startsWith("optional"),
  computed: isComputed(attribute),
});

const identityAttribute = (attribute: Attribute | undefined) =>
  attribute && {
    type: JSON.parse(printType(attribute.type)),
    description: attribute.description,
    required_for_import: attribute.from === "required",
    optional_for_import: attribute.from !== "required",
  };

const mapped = <From, To>(record: Readonly<Record<string, From>>, to: (from: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([name, from]) => [name, to(from)]));
