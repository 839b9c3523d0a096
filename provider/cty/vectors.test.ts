import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decodeMsgpack } from "./decode.ts";
import { encodeMsgpack } from "./encode.ts";
import { sameValue } from "./equal.ts";
import { CtyError } from "./error.ts";
import { parseNumber, printNumber } from "./number.ts";
import { valueFromStateJson } from "./state-json.ts";
import { printStateJson } from "./state-json-print.ts";
import type { Type } from "./type.ts";
import { parseType, printType } from "./type-notation.ts";
import { isWhollyKnown, typeOf, type Value } from "./value.ts";

/** Values as HashiCorp's own Go library writes and reads them. */
interface Vector {
  readonly name: string;
  readonly type: unknown;
  readonly hex: string;
  /** The value with its kinds as tags: `{"s": …}` a string, `{"d": [type, value]}` a dynamic one, `{"u": …}` unknown. */
  readonly value: unknown;
  /** The value in a state's JSON, as far as JSON.parse could keep it. */
  readonly json?: unknown;
  /** `both`: bytes and value belong together; `decode`: go-cty reads it and would write `rehex`; `error`: it refuses. */
  readonly mode: "both" | "decode" | "error";
  readonly rehex?: string;
}

const vectors: readonly Vector[] = JSON.parse(
  readFileSync(new URL("../../test/vectors/cty.json", import.meta.url), "utf8"),
);
const good = vectors.filter(({ mode }) => mode !== "error");
const bad = vectors.filter(({ mode }) => mode === "error");

/** Doubles that are no short decimal: go-cty holds them equal to the text that we write instead. */
const RESPELLED = [
  "number float64 0.1 (cty.NumberFloatVal, 53 bit)",
  "number float64 0.30000000000000004",
  "decode float64 0.1 (equal to parsed 0.1: go-cty compares the shortest decimal texts)",
];

const typeIn = (vector: Vector): Type => parseType(JSON.stringify(vector.type));
const decoded = (vector: Vector): Value => decodeMsgpack(Buffer.from(vector.hex, "hex"), typeIn(vector));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** A value in the tags of the vectors. What is known of an unknown value shows only in its bytes. */
function tagged(value: Value, type: Type): unknown {
  const own = typeOf(value);
  if (type.kind === "dynamic" && own.kind !== "dynamic") return { d: [JSON.parse(printType(own)), tagged(value, own)] };
  const ofElement = "element" in type ? type.element : type;
  switch (value.kind) {
    case "string":
      return { s: value.value };
    case "number":
      return { n: printNumber(value.value) };
    case "bool":
      return { b: value.value };
    case "null":
      return null;
    case "unknown":
      return { u: {} };
    case "list":
      return { l: value.items.map((item) => tagged(item, ofElement)) };
    case "set":
      return { set: value.items.map((item) => tagged(item, ofElement)) };
    case "tuple":
      return { t: value.items.map((item, i) => tagged(item, (type.kind === "tuple" && type.elements[i]) || type)) };
    case "map":
      return { m: Object.fromEntries([...value.entries].map(([k, v]) => [k, tagged(v, ofElement)])) };
    case "object": {
      const of = (name: string) => (type.kind === "object" && type.attributes.get(name)) || type;
      return { o: Object.fromEntries([...value.entries].map(([k, v]) => [k, tagged(v, of(k))])) };
    }
  }
}

/** The vector's tags with one spelling of each number, and without the bounds of unknown values. */
function plain(tags: unknown): unknown {
  return JSON.parse(JSON.stringify(tags), (key, value: unknown) => {
    if (key === "u") return {};
    if (key === "f64") return undefined;
    if (key !== "n" || typeof value !== "string") return value;
    const number = parseNumber(value);
    return number === undefined ? value : printNumber(number);
  });
}

it("has every vector of go-cty 1.16.0", () => {
  expect([good.length, bad.length]).toEqual([158, 16]);
});

describe("what go-cty reads", () => {
  it.each(good)("$name: has the same value", (vector) => {
    expect(tagged(decoded(vector), typeIn(vector))).toEqual(plain(vector.value));
  });

  it.each(good)("$name: goes back as the same bytes", (vector) => {
    const value = decoded(vector);
    const again = encodeMsgpack(value, typeIn(vector));
    const respelled = hex(again) !== (vector.rehex ?? vector.hex);
    expect(respelled).toBe(RESPELLED.includes(vector.name));
    if (isWhollyKnown(value)) expect(sameValue(decodeMsgpack(again, typeIn(vector)), value)).toBe(true);
  });

  it.each(good)("$name: is refused, and nothing worse, when any of it is missing", (vector) => {
    const bytes = Buffer.from(vector.hex, "hex");
    const whole = vector.name === "decode trailing bytes" ? 2 : bytes.length;
    const step = Math.ceil(whole / 1_000);
    for (let length = 0; length < whole; length += step) {
      expect(() => decodeMsgpack(bytes.subarray(0, length), typeIn(vector))).toThrow(CtyError);
    }
  });

  it.each(good.filter(({ json }) => json !== undefined))("$name: has the same JSON in a state", (vector) => {
    const value = decoded(vector);
    const json = printStateJson(value, typeIn(vector));
    // Through doubles on both sides, since the vectors' own file was read by JSON.parse.
    expect(JSON.stringify(JSON.parse(json))).toBe(JSON.stringify(vector.json));
    expect(sameValue(valueFromStateJson(json, typeIn(vector)), value)).toBe(true);
  });
});

describe("what go-cty refuses", () => {
  it.each(bad)("$name", (vector) => {
    expect(() => decoded(vector)).toThrow(CtyError);
  });
});
