import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.ts";
import { decodeMsgpack } from "./decode.ts";
import { encodeMsgpack } from "./encode.ts";
import { keyOf, sameValue } from "./equal.ts";
import { CtyError } from "./error.ts";
import { valueFromJson } from "./json.ts";
import { printJson } from "./json-print.ts";
import { bool, list, map, nullOf, num, obj, set, str, tuple, unknownOf } from "./make.ts";
import { valueFromStateJson } from "./state-json.ts";
import { printStateJson } from "./state-json-print.ts";
import { BOOL, DYNAMIC, listType, mapType, NUMBER, objectType, STRING, setType, type Type, tupleType } from "./type.ts";
import { parseType, printType } from "./type-notation.ts";
import { isWhollyKnown, type Value } from "./value.ts";

const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary", maxLength: 80 }));
const name = fc.oneof(text, fc.constantFrom("__proto__", "constructor", "10", "9", "e\u0301", "\u{10000}", "\uFFEE"));

const finite = fc.oneof(
  fc.integer().map(num),
  fc.bigInt().map(num),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(num),
  fc.tuple(fc.bigInt(), fc.integer({ min: -500, max: 500 })).map(([c, e]) => num(`${c}e${e}`)),
);

const { type: anyType } = fc.letrec<{ type: Type; real: Type }>((tie) => ({
  // What stands inside a collection is of one type, so nothing in there is dynamic.
  real: typeTree(tie("real"), tie("real"), fc.constantFrom(STRING, NUMBER, BOOL)),
  type: typeTree(tie("type"), tie("real"), fc.constantFrom<Type>(STRING, NUMBER, BOOL, DYNAMIC)),
}));

function typeTree(part: fc.Arbitrary<Type>, element: fc.Arbitrary<Type>, leaf: fc.Arbitrary<Type>): fc.Arbitrary<Type> {
  return fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    element.map(listType),
    element.map(setType),
    element.map(mapType),
    fc.array(part, { maxLength: 4 }).map(tupleType),
    fc.array(fc.tuple(name, part), { maxLength: 4 }).map((attributes) => objectType(new Map(attributes))),
  );
}

/** Any value of a type. `absent` adds what is null or unknown. */
function someOf(type: Type, absent: boolean): fc.Arbitrary<Value> {
  const present = presentOf(type, absent);
  if (!absent) return present;
  const missing = fc.constantFrom<Value>(nullOf(type), unknownOf(type));
  return fc.oneof({ weight: 5, arbitrary: present }, { weight: 1, arbitrary: missing });
}

function presentOf(type: Type, absent: boolean): fc.Arbitrary<Value> {
  switch (type.kind) {
    case "string":
      return text.map(str);
    case "number":
      return finite;
    case "bool":
      return fc.boolean().map(bool);
    case "dynamic":
      return fc
        .constantFrom<Type>(STRING, NUMBER, listType(STRING), tupleType([NUMBER]))
        .chain((t) => someOf(t, absent));
    case "list":
    case "set": {
      const make = type.kind === "list" ? list : set;
      return fc.array(someOf(type.element, absent), { maxLength: 4 }).map((items) => make(type.element, items));
    }
    case "map":
      return fc
        .array(fc.tuple(name, someOf(type.element, absent)), { maxLength: 4 })
        .map((entries) => map(type.element, new Map(entries)));
    case "tuple":
      return fc.tuple(...type.elements.map((of) => someOf(of, absent))).map(tuple);
    case "object":
      return fc
        .tuple(...[...type.attributes].map(([key, of]) => someOf(of, absent).map((value) => [key, value] as const)))
        .map((entries) => obj(new Map(entries)));
  }
}

const typed = anyType.chain((type) => someOf(type, true).map((value) => [type, value] as const));
const known = anyType.chain((type) => someOf(type, false).map((value) => [type, value] as const));

describe("for every type and value of it", () => {
  it("decoding takes back what encoding did", () => {
    fc.assert(
      fc.property(typed, ([type, value]) => {
        expect(decodeMsgpack(encodeMsgpack(value, type), type)).toEqual(value);
      }),
    );
  });

  it("a state's JSON keeps the value and its type", () => {
    fc.assert(
      fc.property(known, ([type, value]) => {
        expect(valueFromStateJson(printStateJson(value, type), type)).toEqual(value);
      }),
    );
  });

  it("JSON keeps what the value means, in the canonical spelling but for exponents", () => {
    fc.assert(
      fc.property(known, ([, value]) => {
        const json = printJson(value);
        const canonical = canonicalJson(json);
        if (!/\de[+-]?\d/.test(canonical)) expect(json).toBe(canonical);
        for (const text of [json, canonical]) expect(sameValue(valueFromJson(text), value)).toBe(true);
      }),
    );
  });

  it("it equals itself and has a key exactly when nothing in it is unknown", () => {
    fc.assert(
      fc.property(typed, ([, value]) => {
        expect(sameValue(value, value)).toBe(isWhollyKnown(value));
        expect(keyOf(value) !== undefined).toBe(isWhollyKnown(value));
      }),
    );
  });

  it("two of them have the same key exactly when they are equal", () => {
    const pair = anyType.chain((type) => fc.tuple(someOf(type, false), someOf(type, false)));
    fc.assert(
      fc.property(pair, ([a, b]) => {
        expect(keyOf(a) === keyOf(b)).toBe(sameValue(a, b));
      }),
    );
  });

  it("the type's notation is read back as the same type", () => {
    fc.assert(
      fc.property(anyType, (type) => {
        expect(parseType(printType(type))).toEqual(type);
      }),
    );
  });
});

/** Runs something that may refuse its input: with a CtyError, and with nothing else. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CtyError) return undefined;
    throw error;
  }
}

describe("input that nobody wrote on purpose", () => {
  const vectors: { type: unknown; hex: string }[] = JSON.parse(
    readFileSync(new URL("../../test/vectors/cty.json", import.meta.url), "utf8"),
  );
  const mutated = fc
    .tuple(
      fc.constantFrom(...vectors.filter(({ hex }) => hex.length > 0 && hex.length < 2_000)),
      fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 2 })), { maxLength: 4 }),
    )
    .map(([vector, changes]) => {
      const bytes = [...Buffer.from(vector.hex, "hex")];
      // Replaces, inserts or removes one byte.
      for (const [at, byte, how] of changes) {
        bytes.splice(at % (bytes.length + 1), how === 1 ? 0 : 1, ...(how === 2 ? [] : [byte]));
      }
      return [parseType(JSON.stringify(vector.type)), Uint8Array.from(bytes)] as const;
    });
  const random = fc.tuple(anyType, fc.uint8Array({ maxLength: 200 }));

  it("is decoded to something that can be encoded, or refused with a CtyError", () => {
    fc.assert(
      fc.property(fc.oneof(mutated, random), ([type, bytes]) => {
        const value = attempt(() => decodeMsgpack(bytes, type));
        if (value === undefined) return;
        const again = encodeMsgpack(value, type);
        expect(encodeMsgpack(decodeMsgpack(again, type), type)).toEqual(again);
      }),
      { numRuns: 20_000 },
    );
  });

  const almostJson = fc
    .tuple(
      fc.json({ stringUnit: "binary" }),
      fc.nat(),
      fc.constantFrom("", '"', "\\", "-", "0", "e", "]", "{", ",", "\ud800"),
    )
    .map(([json, at, change]) => json.slice(0, at % (json.length + 1)) + change + json.slice(at % (json.length + 1)));

  it("is JSON for us exactly when it is for JSON.parse, and with the same meaning", () => {
    fc.assert(
      fc.property(fc.oneof(almostJson, fc.json(), fc.string()), (json) => {
        const expected = attemptParse(json);
        const canonical = attempt(() => canonicalJson(json));
        expect(canonical === undefined).toBe(expected === undefined);
        // As text on both sides: -0 is 0 to us.
        if (canonical !== undefined) expect(JSON.stringify(JSON.parse(canonical))).toBe(canonicalOrder(json));
        attempt(() => valueFromJson(json));
      }),
      { numRuns: 5_000 },
    );
  });

  function attemptParse(json: string): object | undefined {
    try {
      return { parsed: JSON.parse(json) };
    } catch {
      return undefined;
    }
  }

  function canonicalOrder(json: string): string {
    return JSON.stringify(JSON.parse(canonicalJson(JSON.stringify(JSON.parse(json)))));
  }
});
