import { decodeMsgpack } from "../cty/decode.ts";
import { encodeMsgpack } from "../cty/encode.ts";
import { nullOf } from "../cty/make.ts";
import type { Path } from "../cty/path.ts";
import { valueFromStateJson } from "../cty/state-json.ts";
import { printStateJson } from "../cty/state-json-print.ts";
import type { ObjectValue } from "../cty/value.ts";
import * as tfplugin6 from "../gen/tfplugin6.ts";
import type { Diagnostic } from "../schema/diagnostic.ts";
import { type Schema, typeOfSchema, withNulls } from "../schema/schema.ts";

/** Between the protocol's messages and our own words. */

/** The object that a message holds by the schema; undefined for a null one, which says that there is no resource.
 *  Fails with a CtyError that names the attribute. */
export function objectFrom(schema: Schema, sent: tfplugin6.DynamicValue | undefined): ObjectValue | undefined {
  const type = typeOfSchema(schema);
  if (!sent || (sent.msgpack.length === 0 && sent.json.length === 0)) return undefined;
  const value =
    sent.msgpack.length > 0
      ? decodeMsgpack(sent.msgpack, type)
      : valueFromStateJson(Buffer.from(sent.json).toString(), type);
  if (value.kind === "null") return undefined;
  if (value.kind !== "object") throw new Error(`an object is required, not a value of type ${value.kind}`);
  return value;
}

/** As `objectFrom`, of a configuration, which always is an object. */
export function configFrom(schema: Schema, sent: tfplugin6.DynamicValue | undefined): ObjectValue {
  const config = objectFrom(schema, sent);
  if (!config) throw new Error("a configuration is required");
  return config;
}

/** As `configFrom`, of the `config` block of a list, which may be left out where nothing in it is required. */
export const listConfigFrom = (schema: Schema, sent: tfplugin6.DynamicValue | undefined): ObjectValue =>
  objectFrom(schema, sent) ?? withNulls(schema, {});

/** Undefined becomes the null that says there is no resource. */
export function toDynamicValue(schema: Schema, object: ObjectValue | undefined): tfplugin6.DynamicValue {
  const type = typeOfSchema(schema);
  return { msgpack: encodeMsgpack(object ?? nullOf(type), type), json: NOTHING };
}

/**
 * As `toDynamicValue`, but in the form that a stored state has. To Terraform a number that came by msgpack is not wholly the
 * one that it read from its state, and a refresh that found nothing would end `plan -refresh-only` as if it had.
 */
export function toStoredValue(schema: Schema, object: ObjectValue | undefined): tfplugin6.DynamicValue {
  const type = typeOfSchema(schema);
  return { json: Buffer.from(printStateJson(object ?? nullOf(type), type)), msgpack: NOTHING };
}

export const NOTHING = new Uint8Array();

export function toDiagnostic({ severity, summary, detail, path }: Diagnostic): tfplugin6.Diagnostic {
  const { ERROR, WARNING } = tfplugin6.Diagnostic_Severity;
  return {
    severity: severity === "error" ? ERROR : WARNING,
    // Half of a surrogate pair cannot be sent as UTF-8, and the encoder would send other bytes than it counted.
    summary: summary.toWellFormed(),
    detail: detail.toWellFormed(),
    attribute: path && path.length > 0 ? toAttributePath(path) : undefined,
  };
}

export function toAttributePath(path: Path): tfplugin6.AttributePath {
  return {
    steps: path.map((step) => {
      if ("attribute" in step) return { selector: { $case: "attributeName", value: step.attribute } };
      if ("index" in step) return { selector: { $case: "elementKeyInt", value: step.index } };
      return { selector: { $case: "elementKeyString", value: step.key } };
    }),
  };
}
