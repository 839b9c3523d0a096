import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { VALUE_HEAD_BYTES } from "../../api/limits.ts";
import type { Bytes } from "./stores.ts";
import type { Type } from "./type.ts";
import { type Reading, readValue } from "./value.ts";

const GUESS: Reading = { type: undefined, unescapedQuotes: false };
const as = (type: Type): Reading => ({ type, unescapedQuotes: false });
const KESTRA: Reading = { type: undefined, unescapedQuotes: true };

async function collect(bytes: Bytes): Promise<string> {
  const chunks: Uint8Array[] = [];
  if (bytes instanceof Uint8Array) chunks.push(bytes);
  else for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

/** Lent, as the chunks of a request are: what one was is gone when the next one is asked for. */
async function* inChunks(bytes: Uint8Array, step: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += step) {
    const lent = bytes.slice(at, at + step);
    yield lent;
    lent.fill(0);
  }
}

const read = async (body: string | Uint8Array, reading: Reading) => {
  const value = await readValue(Buffer.from(body as string), reading);
  return { type: value.type, text: await collect(value.bytes) };
};

describe("a body that names no type", () => {
  it.each([
    // JSON says its own type, and every byte of it is kept.
    ["5", "NUMBER", "5"],
    ["-0", "NUMBER", "-0"],
    ["1.0", "NUMBER", "1.0"],
    ["0.10", "NUMBER", "0.10"],
    ["1e400", "NUMBER", "1e400"],
    ["1E+2", "NUMBER", "1E+2"],
    ["123456789012345678901234567890", "NUMBER", "123456789012345678901234567890"],
    [" 5\n", "NUMBER", " 5\n"],
    ["true", "BOOLEAN", "true"],
    ["false\r\n", "BOOLEAN", "false\r\n"],
    ["null", "JSON", "null"],
    ["{}", "JSON", "{}"],
    ["[]", "JSON", "[]"],
    ['\t{"a": 1.10, "a": 2 }\n', "JSON", '\t{"a": 1.10, "a": 2 }\n'],
    ["[1, [2, [3]]]", "JSON", "[1, [2, [3]]]"],
    ['{"__proto__":{"x":1}}', "JSON", '{"__proto__":{"x":1}}'],
    ['"text"', "STRING", '"text"'],
    ['""', "STRING", '""'],
    ['"\\u00e9\\ud800"', "STRING", '"\\u00e9\\ud800"'],
    [' "spaced" ', "STRING", ' "spaced" '],
    ['"2021-09-01"', "STRING", '"2021-09-01"'],
    ['"5"', "STRING", '"5"'],
    ['"true"', "STRING", '"true"'],
    // A JSON string that is a duration, and nothing else, turns into one.
    ['"PT5S"', "DURATION", '"PT5S"'],
    ['"P3DT3H2M1S"', "DURATION", '"PT75H2M1S"'],
    ['"P1Y"', "STRING", '"P1Y"'],
    ['"P1W"', "STRING", '"P1W"'],
    // Bare dates and durations.
    ["PT5S", "DURATION", '"PT5S"'],
    ["P1D", "DURATION", '"PT24H"'],
    ["PT5S\n", "DURATION", '"PT5S"'],
    ["-PT1M", "DURATION", '"PT-1M"'],
    ["P1M", "STRING", '"P1M"'],
    ["P", "STRING", '"P"'],
    ["2021-09-01", "DATE", '"2021-09-01"'],
    ["2021-02-30", "STRING", '"2021-02-30"'],
    ["2021-09-01T01:02:03Z", "DATETIME", '"2021-09-01T01:02:03Z"'],
    ["2021-09-01T01:02:03.120+02:00", "DATETIME", '"2021-08-31T23:02:03.12Z"'],
    ["2021-09-01T01:02:03", "STRING", '"2021-09-01T01:02:03"'],
    ["2021-09-01 01:02:03Z", "STRING", '"2021-09-01 01:02:03Z"'],
    // Anything else is text, whole.
    ["", "STRING", '""'],
    [" ", "STRING", '" "'],
    ["hello", "STRING", '"hello"'],
    ["hello\nworld\n", "STRING", '"hello\\nworld\\n"'],
    ["a=1&b=2", "STRING", '"a=1&b=2"'],
    ["true story", "STRING", '"true story"'],
    ["nullable", "STRING", '"nullable"'],
    ["1.2.3", "STRING", '"1.2.3"'],
    ["01", "STRING", '"01"'],
    ["+1", "STRING", '"+1"'],
    ["1_000", "STRING", '"1_000"'],
    ["NaN", "STRING", '"NaN"'],
    ["0x10", "STRING", '"0x10"'],
    ["1 2", "STRING", '"1 2"'],
    ["yes", "STRING", '"yes"'],
    ["'quoted'", "STRING", "\"'quoted'\""],
    ['it is "so"', "STRING", '"it is \\"so\\""'],
    ["<html>", "STRING", '"<html>"'],
    ["\u0000\u0001", "STRING", '"\\u0000\\u0001"'],
    ["\ufeff5", "STRING", '"\ufeff5"'],
    ["\u00a02021-09-01", "STRING", '"\u00a02021-09-01"'],
    ["😀 é", "STRING", '"😀 é"'],
  ] as const)("%j is a %s", async (body, type, text) => {
    expect(await read(body, GUESS)).toEqual({ type, text });
  });

  it.each(["{", "[1,", '{"a":}', '"open', '"a" b', '"a"b"', "[1]]", '{"a":1}x', "{hello}", '"tab\there"'])(
    "%j begins as JSON and is none: refused with line and column",
    async (body) => {
      await expect(read(body, GUESS)).rejects.toMatchObject({
        fault: { kind: "invalid_value", line: 1, column: expect.any(Number) },
      });
    },
  );

  it.each([[0xff], [0x61, 0xc3], [0xed, 0xa0, 0x80]])("bytes that are no UTF-8 are refused", async (...bytes) => {
    await expect(read(Buffer.from(bytes), GUESS)).rejects.toMatchObject({ fault: { kind: "invalid_value" } });
  });
});

describe("a body with its type named", () => {
  it.each([
    ["STRING", "5", '"5"'],
    ["STRING", '"5"', '"5"'],
    ["STRING", '"PT5S"', '"PT5S"'],
    ["STRING", "PT5S", '"PT5S"'],
    ["STRING", '{"a":1}', '"{\\"a\\":1}"'],
    ["STRING", "", '""'],
    ["NUMBER", "5", "5"],
    ["NUMBER", " 1.50 ", " 1.50 "],
    ["BOOLEAN", "true", "true"],
    ["JSON", "5", "5"],
    ["JSON", '"PT5S"', '"PT5S"'],
    ["JSON", "null", "null"],
    ["JSON", '{"a":1}', '{"a":1}'],
    ["DATE", "2021-09-01", '"2021-09-01"'],
    ["DATE", '"2021-09-01"', '"2021-09-01"'],
    ["DATETIME", '"2021-09-01T01:02:03.0Z"', '"2021-09-01T01:02:03Z"'],
    ["DATETIME", "2021-09-01T01:02:03Z\n", '"2021-09-01T01:02:03Z"'],
    ["DURATION", "P1D", '"PT24H"'],
    ["DURATION", '"PT60S"', '"PT1M"'],
  ] as const)("%s %j is kept as %j", async (type, body, text) => {
    expect(await read(body, as(type))).toEqual({ type, text });
  });

  it.each([
    ["STRING", '"open'],
    ["NUMBER", '"5"'],
    ["NUMBER", "five"],
    ["NUMBER", "true"],
    ["NUMBER", "[1]"],
    ["NUMBER", ""],
    ["BOOLEAN", "1"],
    ["BOOLEAN", '"true"'],
    ["JSON", "hello"],
    ["JSON", ""],
    ["DATE", "2021-02-30"],
    ["DATE", "2021-09-01T00:00:00Z"],
    ["DATETIME", "2021-09-01"],
    ["DATETIME", "2021-09-01T01:02:03"],
    ["DATETIME", '"2021'],
    ["DURATION", "5"],
    ["DURATION", "P1Y"],
  ] as const)("%s does not take %j", async (type, body) => {
    await expect(read(body, as(type))).rejects.toMatchObject({ fault: { kind: "invalid_value" } });
  });
});

describe("quotes around text that is not escaped, from a client that names no media type", () => {
  it.each([
    ['"a "quoted" word"', "STRING", '"a \\"quoted\\" word"'],
    ['"line\nbreak"', "STRING", '"line\\nbreak"'],
    ['"C:\\dir"', "STRING", '"C:\\\\dir"'],
    ['"plain"', "STRING", '"plain"'],
    ['"PT5S"', "DURATION", '"PT5S"'],
  ] as const)("%j is a %s", async (body, type, text) => {
    expect(await read(body, KESTRA)).toEqual({ type, text });
  });

  it("without a second quote it is refused", async () => {
    await expect(read('"open', KESTRA)).rejects.toMatchObject({ fault: { kind: "invalid_value" } });
    await expect(read('"', KESTRA)).rejects.toMatchObject({ fault: { kind: "invalid_value" } });
  });
});

describe("a body longer than its head flows, in chunks of any size", () => {
  const filler = "é😀x".repeat(VALUE_HEAD_BYTES / 4);
  it.each([
    ["text", filler, undefined, "STRING", JSON.stringify(filler)],
    ["text that begins as a number", `1${filler}`, undefined, "STRING", JSON.stringify(`1${filler}`)],
    ["a JSON string", JSON.stringify(filler), undefined, "STRING", JSON.stringify(filler)],
    ["an array", JSON.stringify([filler]), undefined, "JSON", JSON.stringify([filler])],
    [
      "an object, wanted as text",
      JSON.stringify({ filler }),
      "STRING",
      "STRING",
      JSON.stringify(JSON.stringify({ filler })),
    ],
    ["a JSON string, wanted as JSON", JSON.stringify(filler), "JSON", "JSON", JSON.stringify(filler)],
  ] as const)("%s", async (_, body, wanted, type, text) => {
    for (const step of [7, 65_536, 1 << 24]) {
      const value = await readValue(inChunks(Buffer.from(body), step), { type: wanted, unescapedQuotes: false });
      expect(value.type).toBe(type);
      expect((await collect(value.bytes)) === text).toBe(true);
    }
  });

  it.each([
    ["JSON that is cut off", `["${filler}"`, undefined],
    ["text that is no UTF-8 near its end", Buffer.concat([Buffer.from(filler), Buffer.from([0xff])]), undefined],
    ["a number", "1".repeat(VALUE_HEAD_BYTES + 1), "NUMBER"],
    ["a date", filler, "DATE"],
  ] as const)("%s is refused", async (_, body, type) => {
    const reading = { type, unescapedQuotes: false };
    const reads = async () => collect((await readValue(inChunks(Buffer.from(body as string), 1_000), reading)).bytes);
    await expect(reads()).rejects.toMatchObject({ fault: { kind: "invalid_value" } });
  });

  it("the failure of the body itself is passed on", async () => {
    async function* broken() {
      yield Buffer.alloc(VALUE_HEAD_BYTES + 1, "x");
      throw new Error("broken on purpose");
    }
    await expect(readValue(broken(), GUESS).then((value) => collect(value.bytes))).rejects.toThrow("broken on purpose");
  });
});

describe("nothing is lost", () => {
  it("any JSON document comes back byte for byte", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.constantFrom(0, 2), async (document, indent) => {
        const body = JSON.stringify(document, undefined, indent);
        const { type, text } = await read(body, as("JSON"));
        expect([type, text]).toEqual(["JSON", body]);
      }),
    );
  });

  it("any text comes back as the same text", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "binary" }).filter((text) => !text.startsWith('"') && !/^[ \t\r\n]+"/.test(text)),
        async (body) => {
          expect(JSON.parse((await read(body, as("STRING"))).text)).toBe(body);
        },
      ),
    );
  });
});
