import { nullOf, obj } from "../cty/make.ts";
import { type ObjectType, objectType, type Type } from "../cty/type.ts";
import type { ObjectValue, Value } from "../cty/value.ts";

/** The attributes of a provider, resource or data source as plain data: from it come the wire's schema, the type of its
 *  values, the rules of the plan and the documentation. */
export interface Schema {
  /** Grows when a stored state can no longer be read as it is. */
  readonly version: number;
  /** Markdown. */
  readonly description: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Attribute {
  readonly type: Type;
  /** Markdown. */
  readonly description: string;
  /** Who gives the value: the configuration must, it may, it may or else the provider does, or only the provider does. */
  readonly from: "required" | "optional" | "optional or computed" | "computed";
  readonly sensitive?: boolean;
  /** In the configuration only, never in a plan or a state. */
  readonly writeOnly?: boolean;
  /** Another value makes Terraform delete the resource and create it anew. */
  readonly requiresReplace?: boolean;
  /** Whether two known values mean the same, so that the prior spelling stays. `within` is the planned object.
   *  Without it they are compared as JSON. */
  readonly same?: (prior: Value, planned: Value, within: ObjectValue) => boolean;
  /** What the attribute is when the configuration does not say it, as far as the rest of the plan (the attributes above
   *  it) tells, and the configuration, which alone has write-only ones. Undefined: nobody can say before apply. */
  readonly derive?: (within: ObjectValue, config: ObjectValue) => Value | undefined;
  /** The attributes whose change gives this computed one another value; without it it stays as it was once created. */
  readonly changesWith?: "anything" | readonly string[] | ((changed: readonly string[], prior: ObjectValue) => boolean);
  /** What a computed attribute is after a create or such a change, where that is known before apply. */
  readonly becomes?: Value;
}

const types = new WeakMap<Schema, ObjectType>();

/** The type of the schema's values. */
export function typeOfSchema(schema: Schema): ObjectType {
  const known = types.get(schema);
  if (known) return known;
  const type = objectType(
    Object.fromEntries(Object.entries(schema.attributes).map(([name, attribute]) => [name, attribute.type])),
  );
  types.set(schema, type);
  return type;
}

/** The values, and nulls for all that the schema has besides. */
export function withNulls({ attributes }: Schema, values: Readonly<Record<string, Value>>): ObjectValue {
  const nulls = Object.entries(attributes).map(([name, { type }]) => [name, nullOf(type)] as const);
  return obj({ ...Object.fromEntries(nulls), ...values });
}

export const isComputed = ({ from }: Attribute): boolean => from === "computed" || from === "optional or computed";
