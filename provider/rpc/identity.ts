import { decodeMsgpack } from "../cty/decode.ts";
import { encodeMsgpack } from "../cty/encode.ts";
import { obj } from "../cty/make.ts";
import { type ObjectType, objectType } from "../cty/type.ts";
import { printType } from "../cty/type-notation.ts";
import { attribute, isNull, isWhollyKnown, type ObjectValue } from "../cty/value.ts";
import type * as tfplugin6 from "../gen/tfplugin6.ts";
import { attributeError, DiagnosticError } from "../schema/diagnostic.ts";
import type { Identity } from "../schema/identity.ts";
import type { Resource } from "../schema/provider.ts";
import type { Attribute } from "../schema/schema.ts";
import { NOTHING } from "./wire.ts";

/** Between the protocol's identities and our own words. */

type Identified = Pick<Resource<unknown>, "schema" | "identity">;

export function toIdentitySchema({ schema }: Identified, identity: Identity): tfplugin6.ResourceIdentitySchema {
  return {
    version: identity.upgrades?.length ?? 0,
    identityAttributes: partsOf(schema.attributes, identity).map(([name, { type, description, from }]) => ({
      name,
      type: Buffer.from(printType(type)),
      requiredForImport: from === "required",
      optionalForImport: from !== "required",
      description,
    })),
  };
}

/** The identity that a state, or as much as a plan knows of one, has. Undefined for a resource without one, and while a
 *  part of it is not known: Terraform then waits for the answer of the apply. */
export function identityIn(
  { schema, identity }: Identified,
  state: ObjectValue | undefined,
): tfplugin6.ResourceIdentityData | undefined {
  if (!identity || !state) return undefined;
  const value = obj(Object.fromEntries(identity.attributes.map((name) => [name, attribute(state, name)])));
  if (!isWhollyKnown(value)) return undefined;
  const msgpack = encodeMsgpack(value, typeOfIdentity(schema.attributes, identity));
  return { identityData: { msgpack, json: NOTHING } };
}

/** The identity that an import names; undefined where it names an ID. Throws a DiagnosticError for one that lacks a part. */
export function identityFrom(
  { schema }: Identified,
  identity: Identity,
  sent: tfplugin6.ResourceIdentityData | undefined,
): ObjectValue | undefined {
  const { msgpack } = sent?.identityData ?? { msgpack: NOTHING };
  if (msgpack.length === 0) return undefined;
  const value = decodeMsgpack(msgpack, typeOfIdentity(schema.attributes, identity));
  if (value.kind !== "object") return undefined;
  for (const [name, { from }] of partsOf(schema.attributes, identity))
    if (from === "required" && isNull(attribute(value, name))) throw new DiagnosticError(lacks(name));
  return value;
}

const lacks = (name: string) =>
  attributeError(name, "The identity is not complete", `Set "${name}" in the identity of the import block.`);

type Attributes = Readonly<Record<string, Attribute>>;

/** By the schema, which has one identity at most. */
const types = new WeakMap<Attributes, ObjectType>();

function typeOfIdentity(attributes: Attributes, identity: Identity): ObjectType {
  const known = types.get(attributes);
  if (known) return known;
  const type = objectType(Object.fromEntries(partsOf(attributes, identity).map(([name, of]) => [name, of.type])));
  types.set(attributes, type);
  return type;
}

function partsOf(attributes: Attributes, identity: Identity): (readonly [string, Attribute])[] {
  return identity.attributes.map((name) => {
    const part = attributes[name];
    if (!part) throw new Error(`the identity has "${name}", and the schema has not`);
    return [name, part];
  });
}
