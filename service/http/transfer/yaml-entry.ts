import { isAlias, isMap, isScalar, isSeq, parseDocument, Scalar } from "yaml";
import { IMPORT_YAML_DEPTH_MAX } from "../../../api/limits.ts";
import { Failure } from "../../domain/fault.ts";
import type { Type } from "../../domain/type.ts";
import { settle } from "../../domain/value.ts";
import { nestsDeeper } from "./yaml-depth.ts";

/** One entry of a mapping, its value as JSON text with every digit. */
export interface YamlEntry {
  readonly key: string;
  readonly value: string;
  readonly type: Type | undefined;
}

const refuse = (reason: string) =>
  new Failure({ kind: "invalid_value", reason: `The YAML cannot be taken: ${reason}` });

/** Reads a mapping with one entry as YAML 1.2. Fails with `invalid_value`; nothing of the text is in its message. */
export function entryOfYaml(text: string): YamlEntry {
  const { contents, errors } = parsed(text);
  const [fault] = errors;
  if (fault)
    throw refuse(`the parser says ${fault.code}. Names begin at the line's start, what belongs to them is indented.`);
  const [pair, ...more] = isMap(contents) ? contents.items : [];
  if (!pair || more.length > 0 || !isScalar(pair.key)) throw refuse("expected a name, a colon and a value.");
  const key = typeof pair.key.value === "string" ? pair.key.value : (pair.key.source ?? "");
  return { key, value: jsonOf(pair.value), type: dateType(pair.value) };
}

function parsed(text: string) {
  if (nestsDeeper(text, IMPORT_YAML_DEPTH_MAX))
    throw refuse(`it nests deeper than ${IMPORT_YAML_DEPTH_MAX}. Write the value as JSON.`);
  return parseDocument(text, {
    version: "1.2",
    schema: "core",
    prettyErrors: false,
    logLevel: "silent",
    intAsBigInt: true,
  });
}

const CORE = "tag:yaml.org,2002:";
const KNOWN_TAGS = new Set(["str", "int", "float", "bool", "null", "map", "seq"].map((name) => `${CORE}${name}`));

function jsonOf(node: unknown): string {
  if (node === null || node === undefined) return "null";
  if (isAlias(node)) throw refuse("an alias stands for another part. Write the value out.");
  if (isScalar(node)) return scalarJson(node);
  if (isSeq(node)) return checkTag(node.tag) ?? `[${node.items.map(jsonOf).join(",")}]`;
  if (isMap(node)) {
    checkTag(node.tag);
    return `{${node.items.map(({ key, value }) => `${nameJson(key)}:${jsonOf(value)}`).join(",")}}`;
  }
  throw refuse("it has a part that is neither a scalar, a list nor a mapping.");
}

function checkTag(tag: string | undefined): undefined {
  if (tag !== undefined && !KNOWN_TAGS.has(tag)) throw refuse("it has a tag that JSON does not know.");
}

function nameJson(key: unknown): string {
  if (!isScalar(key)) throw refuse("a name inside the value is no text.");
  return JSON.stringify(typeof key.value === "string" ? key.value : (key.source ?? ""));
}

function scalarJson(scalar: Scalar): string {
  checkTag(scalar.tag);
  const { value, source = "" } = scalar;
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || typeof value === "boolean") return `${value}`;
  return numberJson(source.trim());
}

/** Every digit as it was written, in JSON's spelling where YAML has another. */
function numberJson(source: string): string {
  if (/^[-+]?0[ox][\da-f]+$/i.test(source))
    return `${BigInt(source.replace(/^[-+]/, "")) * (source.startsWith("-") ? -1n : 1n)}`;
  const parts = /^([-+]?)(\d*)(?:\.(\d*))?([eE][-+]?\d+)?$/.exec(source);
  if (!parts) throw refuse("JSON has no number for .inf and .nan.");
  const [, sign, whole = "", fraction = "", exponent = ""] = parts;
  const digits = whole.replace(/^0+(?=\d)/, "") || "0";
  return `${sign === "-" ? "-" : ""}${digits}${fraction && `.${fraction}`}${exponent}`;
}

/** A date, a time or a duration is one only without quotes. */
function dateType(node: unknown): Type | undefined {
  if (!isScalar(node) || node.type !== Scalar.PLAIN || typeof node.value !== "string") return undefined;
  const { type } = settle(Buffer.from(node.value), { type: undefined, unescapedQuotes: false });
  return type === "DATE" || type === "DATETIME" || type === "DURATION" ? type : undefined;
}
