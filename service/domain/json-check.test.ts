import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JSON_DEPTH_MAX, JSON_NUMBER_LENGTH_MAX } from "../../api/limits.ts";
import { Failure } from "./fault.ts";
import { JsonChecker } from "./json-check.ts";

/** undefined when it is JSON, else the fault; the document comes in chunks of `step` bytes. */
function faultOf(document: string | Uint8Array, step = 1 << 16) {
  const bytes = Buffer.from(document as string);
  const checker = new JsonChecker();
  try {
    for (let at = 0; at < bytes.length; at += step) checker.push(bytes.subarray(at, at + step));
    checker.end();
    return undefined;
  } catch (error) {
    if (error instanceof Failure && error.fault.kind === "invalid_value") return error.fault;
    throw error;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("JsonChecker agrees with JSON.parse", () => {
  it("on any document, in chunks of any size", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.integer({ min: 1, max: 9 }), (text, step) => {
        expect(faultOf(text, step)).toBeUndefined();
      }),
    );
  });

  it("on any document with one character changed", () => {
    const characters = fc.constantFrom(...'{}[]",:\\0123456789-+.eEtrufalsn \n\u0001é');
    fc.assert(
      fc.property(
        fc.json(),
        fc.nat(),
        characters,
        fc.integer({ min: 1, max: 9 }),
        (text, position, character, step) => {
          const at = position % (text.length + 1);
          const changed = text.slice(0, at) + character + text.slice(at + 1);
          expect(faultOf(changed, step) === undefined).toBe(isJson(changed));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    "-",
    "-0",
    "01",
    "1.",
    ".5",
    "1e",
    "1e+",
    "1E-2",
    "-1.5e+10",
    "1.5.5",
    "--1",
    "+1",
    "0x1",
    "1_000",
    "NaN",
    "Infinity",
  ])("on the number %s", (text) => {
    expect(faultOf(text) === undefined).toBe(isJson(text));
    expect(faultOf(`[${text}]`) === undefined).toBe(isJson(`[${text}]`));
  });

  it.each([
    "tru",
    "truee",
    "nul",
    "True",
    "falsey",
    '"\\x"',
    '"\\u12g4"',
    '"\\ud800"',
    "[1,]",
    '{"a":1,}',
    "{,}",
    "[,1]",
    "{1:2}",
    '{"a" 1}',
    "",
    " ",
    "1 2",
  ])("on %j", (text) => expect(faultOf(text) === undefined).toBe(isJson(text)));
});

it("a long string is refused for one byte that may not stand in it, at its place, wherever the string lies in memory", () => {
  for (const byte of [0x00, 0x1f, 0x0a, 0x22, 0x5c, 0x80, 0xff])
    for (let offset = 0; offset < 4; offset++)
      for (let at = 1_100; at < 1_200; at++) {
        const document = new Uint8Array(offset + 1_202).subarray(offset).fill(0x7e).fill(0x20, 1, 1_100);
        document[0] = document[1_201] = 0x22;
        expect(faultOf(document)).toBeUndefined();
        document[at] = byte;
        // A quote or a backslash is right, but not what follows it.
        expect(faultOf(document)?.column).toBe(byte === 0x22 || byte === 0x5c ? at + 2 : at + 1);
      }
});

it.each([
  ["overlong two bytes", [0xc0, 0x80]],
  ["overlong three bytes", [0xe0, 0x80, 0x80]],
  ["a surrogate", [0xed, 0xa0, 0x80]],
  ["above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
  ["a lone continuation", [0x80]],
  ["a character cut off by the quote", [0xc3]],
  ["a byte that is never UTF-8", [0xff]],
])("a string with %s is refused", (_, bytes) => {
  for (const step of [1, 2, 100])
    expect(faultOf(Buffer.from([0x22, ...bytes, 0x22]), step)?.reason).toContain("not UTF-8");
});

it.each([
  ['{"a": 1,\n  "é😀": x}', 2, 9],
  ['{"a": ', 1, 7],
  ["[1 2]", 1, 4],
  ['["é" "', 1, 6],
])("%j breaks at line %i, column %i, in chunks of any size", (text, line, column) => {
  for (const step of [1, 2, 3, 100]) expect(faultOf(text, step)).toMatchObject({ line, column });
});

it("nesting is bounded", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  expect(faultOf(nested(JSON_DEPTH_MAX))).toBeUndefined();
  expect(faultOf(nested(JSON_DEPTH_MAX + 1))?.reason).toContain(`more than ${JSON_DEPTH_MAX} deep`);
});

it("the length of a number is bounded", () => {
  expect(faultOf("1".repeat(JSON_NUMBER_LENGTH_MAX))).toBeUndefined();
  expect(faultOf("1".repeat(JSON_NUMBER_LENGTH_MAX + 1))?.reason).toContain(
    `at most ${JSON_NUMBER_LENGTH_MAX} characters`,
  );
});

it("the text at fault is never in the message", () => {
  expect(faultOf('{"password": hunter2}')?.reason).not.toContain("hunter2");
});
