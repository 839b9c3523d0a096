import { describe, expect, it } from "vitest";
import { decodeMsgpack } from "./decode.ts";
import { encodeMsgpack } from "./encode.ts";
import { CtyError } from "./error.ts";
import { bool, list, map, nullOf, num, obj, str, tuple, unknownOf } from "./make.ts";
import { BOOL, DYNAMIC, listType, mapType, NUMBER, objectType, STRING, setType, type Type, tupleType } from "./type.ts";
import type { Value } from "./value.ts";

const at = [{ attribute: "value" }];
const read = (hex: string, type: Type) => decodeMsgpack(Buffer.from(hex, "hex"), type, at);
const hex = (value: Value, type: Type) => Buffer.from(encodeMsgpack(value, type, at)).toString("hex");

describe("decoding refuses, and says where,", () => {
  it.each<{ what: string; hex: string; type: Type; message: string }>([
    { what: "a string inside", hex: "9101", type: listType(STRING), message: "value[0]: a string is required" },
    { what: "a map's value", hex: "81a161c3", type: mapType(STRING), message: 'value["a"]: a string is required' },
    { what: "an attribute", hex: "81a16101", type: objectType({ a: BOOL }), message: "value.a: a bool is required" },
    {
      what: "a stranger",
      hex: "81a162c3",
      type: objectType({ a: BOOL }),
      message: "value.b: there is no such attribute",
    },
    {
      what: "a repeat",
      hex: "82a161c3a161c3",
      type: objectType({ a: BOOL, b: BOOL }),
      message: "value.a: this attribute comes twice",
    },
    {
      what: "no attributes at all",
      hex: "80",
      type: objectType({ a: BOOL }),
      message: "with 1 attributes is required",
    },
    { what: "no elements at all", hex: "90", type: tupleType([BOOL]), message: "a tuple of length 1 is required" },
    { what: "a name that is no text", hex: "8101c3", type: mapType(BOOL), message: "value: a string is required" },
    { what: "a name that is not UTF-8", hex: "81a1ffc3", type: mapType(BOOL), message: "a name that is not UTF-8" },
    { what: "a type that is no type", hex: "92a178c3", type: DYNAMIC, message: "value: a type must be JSON" },
    {
      what: "a dynamic value in a dynamic value",
      hex: "92c4092264796e616d696322c0",
      type: DYNAMIC,
      message: "value: the type of a dynamic value must be a real one",
    },
    {
      what: "a number beyond all bounds",
      hex: "a731653939393939",
      type: NUMBER,
      message: "value: a number is required",
    },
    { what: "bounds under another code", hex: "c703058101c2", type: STRING, message: "stands for no unknown value" },
    { what: "a prefix of a number", hex: "c7040c8102a170", type: NUMBER, message: "a prefix of no string" },
    { what: "a prefix that is not UTF-8", hex: "c7040c8102a1ff", type: STRING, message: "a prefix of no string" },
    { what: "a range of a string", hex: "c7050c81039200c3", type: STRING, message: "a range of no number" },
    { what: "a length of a string", hex: "c7030c810501", type: STRING, message: "a length of no collection" },
    { what: "bounds that are no map", hex: "c7020c9000", type: STRING, message: "are no map" },
    { what: "bounds cut off", hex: "c7020c8101", type: STRING, message: "value: the message ends too early" },
    {
      what: "1,025 bytes of bounds",
      hex: `c804010c${"00".repeat(1_025)}`,
      type: STRING,
      message: "more bounds than fit",
    },
  ])("$what", ({ hex: input, type, message }) => {
    expect(() => read(input, type)).toThrow(CtyError);
    expect(() => read(input, type)).toThrow(message);
  });

  it.each<{ what: string; hex: string; type: Type }>([
    { what: "array", hex: "ddffffffff", type: listType(STRING) },
    { what: "set", hex: "ddffffffff", type: setType(STRING) },
    { what: "map", hex: "dfffffffff", type: mapType(STRING) },
    { what: "string", hex: "dbffffffff", type: STRING },
    { what: "binary", hex: "c6ffffffff", type: STRING },
    { what: "extension", hex: "c9ffffffff0c", type: STRING },
  ])("a length of 4 billion before anything is kept for it: $what", ({ hex: input, type }) => {
    expect(() => read(input, type)).toThrow("value: the message ends too early");
  });

  it("a value that nests by bringing ever more dynamic types", () => {
    const notation = Buffer.from('["list","dynamic"]').toString("hex");
    const wrapper = `92c412${notation}91`; // a list of one more of its kind
    expect(() => read(wrapper.repeat(2_000), DYNAMIC)).toThrow("value: nested deeper than 1000 levels");
  });
});

describe("encoding refuses, and says where,", () => {
  it.each<{ what: string; value: Value; type: Type; message: string }>([
    {
      what: "another kind",
      value: str("1"),
      type: NUMBER,
      message: "value: a number is required, not a value of type string",
    },
    { what: "a tuple for a list", value: tuple([]), type: listType(BOOL), message: "value: a list is required" },
    { what: "an item", value: list(BOOL, [str("")]), type: listType(BOOL), message: "value[0]: a bool is required" },
    { what: "a map's value", value: map(BOOL, { a: num(1) }), type: mapType(BOOL), message: 'value["a"]: a bool' },
    { what: "too short a tuple", value: tuple([]), type: tupleType([BOOL]), message: "value[0]: a value is missing" },
    {
      what: "too long a tuple",
      value: tuple([bool(true)]),
      type: tupleType([]),
      message: "a tuple of length 0 is required",
    },
    {
      what: "a missing attribute",
      value: obj({}),
      type: objectType({ a: BOOL }),
      message: "value.a: a value is missing",
    },
    { what: "a stranger", value: obj({ a: bool(true) }), type: objectType({}), message: "value.a: there is no such" },
    { what: "half a pair", value: str("a\ud800"), type: STRING, message: "value: text with half of a surrogate pair" },
    {
      what: "half a pair in a long text",
      value: str(`${"a".repeat(100)}\udc00`),
      type: STRING,
      message: "value: text with half of a surrogate pair",
    },
    {
      what: "NaN, which would crash Terraform",
      value: { kind: "number", value: { coefficient: 1n, exponent: Number.NaN } },
      type: NUMBER,
      message: "value: a number is required",
    },
  ])("$what", ({ value, type, message }) => {
    expect(() => hex(value, type)).toThrow(CtyError);
    expect(() => hex(value, type)).toThrow(message);
  });
});

describe("what is known of an unknown value", () => {
  const refined = read("c7060c8102a36e732d", STRING);

  it("goes back as it came, also inside a dynamic value", () => {
    expect(hex(refined, STRING)).toBe("c7060c8102a36e732d");
    expect(hex(refined, DYNAMIC)).toBe("92c40822737472696e6722c7060c8102a36e732d");
  });

  it("is dropped where another type stands", () => {
    expect(hex(refined, NUMBER)).toBe("d40000");
  });

  it("is dropped when it says something newer", () => {
    expect(hex(read("c7060c8201c207a161", STRING), STRING)).toBe("d40000");
  });

  it("is a copy that outlives the message", () => {
    const message = Buffer.from("c7060c8102a36e732d", "hex");
    const value = decodeMsgpack(message, STRING);
    message.fill(0);
    expect(hex(value, STRING)).toBe("c7060c8102a36e732d");
  });
});

it("names are written in the order of their bytes, whatever order they came in", () => {
  expect(
    hex(map(BOOL, { b: bool(true), "\u{10000}": bool(true), "\uFFEE": bool(true), a: bool(true) }), mapType(BOOL)),
  ).toBe("84a161c3a162c3a3efbfaec3a4f0908080c3");
  expect(hex(obj({ b: bool(true), a: bool(false) }), objectType({ b: BOOL, a: BOOL }))).toBe("82a161c2a162c3");
});

it("two texts that are not UTF-8 stay two in a set, and their bytes stay", () => {
  expect(hex(read("93a1ffa1fea1ff", setType(STRING)), setType(STRING))).toBe("92a1ffa1fe");
});

it("null and unknown of no type go bare into a dynamic attribute", () => {
  expect(hex(nullOf(DYNAMIC), DYNAMIC)).toBe("c0");
  expect(hex(unknownOf(DYNAMIC), DYNAMIC)).toBe("d40000");
});

it("a large message is written whole, whatever its size", () => {
  const text = "é".repeat(70_000);
  const value = obj({ a: str("x".repeat(1_000)), b: str(text), c: num("1e5000") });
  const type = objectType({ a: STRING, b: STRING, c: NUMBER });
  expect(decodeMsgpack(encodeMsgpack(value, type), type)).toEqual(value);
});

it("reads a view into a larger buffer", () => {
  const bytes = Buffer.from("ffffa161ffff", "hex").subarray(2, 4);
  expect(decodeMsgpack(bytes, STRING)).toEqual(str("a"));
});
