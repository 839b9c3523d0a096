import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cut, read } from "./fixture-records.ts";
import { FORMATS } from "./format.ts";
import { unescaped } from "./json-string.ts";

const { ndjson, json, yaml, csv, dotenv } = FORMATS;

/** Of each item what matters: key, type, value, or which line cannot be read. */
async function told(format: (typeof FORMATS)[keyof typeof FORMATS], text: string, pieceSize = 5) {
  const items = await read(format, Buffer.from(text), pieceSize);
  return items.map((item) =>
    item.kind === "entry"
      ? [item.line, item.key, item.type, item.value]
      : item.kind === "unreadable"
        ? [item.line, item.key, item.failure.fault.kind]
        : [item.line],
  );
}

const deepNames = (count: number) => Array.from({ length: count }, (_, at) => `${" ".repeat(at + 1)}b:\n`).join("");

describe("YAML as people write it", () => {
  it.each([
    ["a: 1", "1"],
    ["a: 1.10", "1.10"],
    ["a: +1.50", "1.50"],
    ["a: .5", "0.5"],
    ["a: 5.", "5"],
    ["a: 0x1F", "31"],
    ["a: 0o17", "15"],
    ["a: 007", "7"],
    ["a: 123456789012345678901234567890", "123456789012345678901234567890"],
    ["a: 1e400", "1e400"],
    ["a: True", "true"],
    ["a: ~", "null"],
    ["a:", "null"],
    ["a: yes", '"yes"'],
    ["a: hello # said", '"hello"'],
    ["a: 'it''s'", '"it\'s"'],
    ["a: !!str 5", '"5"'],
    ["a: |\n  one\n  two\n", '"one\\ntwo\\n"'],
    ["a: >-\n  one\n  two\n", '"one two"'],
    ["a:\n  b: 1.0\n  c: [x, 2]\n", '{"b":1.0,"c":["x",2]}'],
    ["a:\n- 1\n- b: null\n", '[1,{"b":null}]'],
    ["a: {b: 1, 2: c}", '{"b":1,"2":"c"}'],
    ["? a\n: 1", "1"],
    ['"a": "\\u00e9" # é', '"é"'],
    [`a: ${"[".repeat(200)}x${"]".repeat(200)}`, `${"[".repeat(200)}"x"${"]".repeat(200)}`],
    [`a: |\n  x\n  ${" ".repeat(900)}[[[\n`, JSON.stringify(`x\n${" ".repeat(900)}[[[\n`)],
  ])("%j is %s", async (text, value) => {
    expect((await told(yaml, text)).map(([, key, , read]) => [key, read])).toEqual([["a", value]]);
  });

  it.each([
    ["a: 2021-09-01", "DATE"],
    ["a: 2021-09-01T01:02:03Z", "DATETIME"],
    ["a: PT5S", "DURATION"],
    ["a: '2021-09-01'", undefined],
    ['a: "PT5S"', undefined],
  ])("%j has the type %s", async (text, type) => {
    expect((await told(yaml, text))[0]?.[2]).toBe(type);
  });

  it.each([
    { what: "infinity", text: "a: .inf" },
    { what: "an alias", text: "a: &x 1\nb: *x" },
    { what: "a tag", text: "a: !secret x" },
    { what: "an open bracket", text: "a: [1" },
    { what: "a name twice", text: "a: {b: 1, b: 2}" },
    { what: "brackets in brackets", text: `a: ${"[".repeat(100_000)}` },
    { what: "brackets in brackets, all closed", text: `a: ${"[".repeat(201)}x${"]".repeat(201)}` },
    { what: "lists in lists", text: `a:\n ${"- ".repeat(10_000)}x` },
    { what: "names below names", text: `a:\n${deepNames(500)}` },
    { what: "two colons", text: "a: b: c" },
    { what: "an indented name", text: "  a: 1\n  b: 2" },
    { what: "a tab", text: "\ta: 1" },
    { what: "bytes", text: "a: !!binary aGk=" },
    { what: "long text", text: `a: x${"y".repeat(300_000)}` },
  ])("$what cannot be taken, and nothing of it is in the message", async ({ text }) => {
    const refusals: Error[] = [];
    const values: string[] = [];
    const items = await read(yaml, Buffer.from(text), 50_000).catch((error: Error) => {
      refusals.push(error);
      return [];
    });
    for (const item of items)
      if (item.kind === "unreadable") refusals.push(item.failure);
      else if (item.kind === "entry") values.push(item.value);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]?.message).not.toMatch(/secret|aGk|yyy/);
    expect(values.join("")).not.toContain("y");
  });

  it("comments, marks and lines between entries do no harm, and lines are counted", async () => {
    const text = '%YAML 1.2\n---\n# first\n\na: 1\n# of a\n\n\'b c\':\n  - x\n"d\\u00e9": {"e":\n 1}\n...\n';
    expect(await told(yaml, text.replace("%YAML 1.2\n", ""))).toEqual([
      [4, "a", undefined, "1"],
      [7, "b c", undefined, '["x"]'],
      [9, "dé", undefined, '{"e":\n 1}'],
    ]);
    expect(await told(yaml, '{"a": 1.0,\n"b": 2}')).toEqual([
      [1, "a", undefined, "1.0"],
      [2, "b", undefined, "2"],
    ]);
    expect(await told(yaml, "")).toEqual([]);
  });
});

describe("CSV as people write it", () => {
  it("columns come in any order, and what is missing says nothing", async () => {
    const items = await read(csv, Buffer.from('\ufeffvalue,key,ttl\r\n"two\r\nlines",a,PT1H\r\n5,b,\r\n\r\n'));
    expect(items).toMatchObject([
      {
        line: 2,
        key: "a",
        value: '"two\\r\\nlines"',
        form: "text",
        said: { lifetime: { kind: "for" }, description: undefined },
      },
      { line: 4, key: "b", value: '"5"', said: { lifetime: { kind: "none" }, labels: undefined } },
    ]);
  });

  it("a bad row is named, and the next ones are read", async () => {
    const rows = ["key,type,value,labels", "a,TEXT,1,", "b,NUMBER,1,{", "c,NUMBER,1,,5", ",NUMBER,1,", "d,NUMBER,1.0,"];
    expect(await told(csv, rows.join("\n"))).toEqual([
      [2, "a", "invalid"],
      [3, "b", "invalid"],
      [4, "c", "invalid"],
      [5, "", "invalid"],
      [6, "d", "NUMBER", "1.0"],
    ]);
  });
});

describe("dotenv as people write it", () => {
  it("is read as the dotenv library does, and what it would pass over is told", async () => {
    const text = "# comment\n\nexport A=1\nB = 'two\nlines' # why\nnonsense\nC: x\nD=\n  E=\"a\\nb\"\n";
    expect(await told(dotenv, text)).toEqual([
      [3, "A", undefined, '"1"'],
      [4, "B", undefined, '"two\\nlines"'],
      [6, undefined, "invalid"],
      [7, "C", undefined, '"x"'],
      [8, "D", undefined, '""'],
      [9, "E", undefined, '"a\\nb"'],
    ]);
  });

  it.each([
    { what: "only empty lines", text: "\n".repeat(1_000_000), items: 0 },
    { what: "a quote that is never closed", text: `A='${"x".repeat(1_000_000)}`, items: 1 },
    { what: "many such quotes", text: "A='\n".repeat(200_000), items: 200_000 },
    { what: "one long word", text: "A".repeat(1_000_000), items: 1 },
  ])("a hostile file does not take for ever: $what", async ({ text, items }) => {
    expect((await read(dotenv, Buffer.from(text), 100_000)).length).toBeLessThanOrEqual(items);
  });
});

describe("lines of NDJSON", () => {
  const long = "x".repeat(1_100_000);

  it("a long one flows when its value comes last, as value or as text", async () => {
    const text = [
      `{"key": "a", "type": "STRING", "value": "${long}"} `,
      JSON.stringify({ key: "b", type: "JSON", text: `["${long}",\n"\\ud83d\\ude00\\\\"]` }),
      '{"key": "c", "value": 1}',
    ].join("\r\n");
    const items = await told(ndjson, text, 65_536);
    expect(items.map(([line, key, type]) => [line, key, type])).toEqual([
      [1, "a", "STRING"],
      [2, "b", "JSON"],
      [3, "c", undefined],
    ]);
    expect(items.map(([, , , value]) => value)).toEqual([`"${long}"`, `["${long}",\n"\\ud83d\\ude00\\\\"]`, "1"]);
  });

  it.each([
    ["its value not last", `{"key": "a", "value": "${long}", "type": "STRING"}`],
    ["its value first", `{"value": "${long}", "key": "a"}`],
    ["no value", `{"key": "a", "description": "${long}"}`],
    ["no end", `{"key": "a", "value": "${long}`],
    ["more behind it", `{"key": "a", "value": "${long}"}}`],
    ["an unknown type", `{"key": "a", "type": "TEXT", "value": "${long}"}`],
  ])("a long one with %s fails, and the next is read", async (_, line) => {
    const outcomes: unknown[] = [];
    for await (const item of ndjson.read(cut(Buffer.from(`${line}\n{"key":"next","value":1}`), 65_536), false)) {
      if (item.kind !== "entry") outcomes.push(item.kind);
      else if (item.value instanceof Uint8Array) outcomes.push(item.key);
      else
        try {
          for await (const _piece of item.value);
          outcomes.push("whole");
        } catch {
          outcomes.push("refused while it flows");
        }
    }
    expect(outcomes).toHaveLength(2);
    expect(outcomes[0]).toMatch(/^(unreadable|refused while it flows)$/);
    expect(outcomes[1]).toBe("next");
  });

  it("numbers and documents of JSON stay apart from the names around them", async () => {
    expect(await told(json, '{"a":{"b":"}"},"c" : [ "]" ] ,"d":-0 }')).toEqual([
      [1, "a", undefined, '{"b":"}"}'],
      [1, "c", undefined, '[ "]" ]'],
      [1, "d", undefined, "-0"],
    ]);
  });
});

it("a JSON string that flows is unescaped as JSON.parse does it, however it is cut", async () => {
  const ascii = (text: string) =>
    JSON.stringify(text).replace(/[\u0080-\uffff]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`);
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.string({ unit: fc.constantFrom('"', "\\", "u", "0", "é", "😀", "\n") }),
      ),
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      async (text, escapes, size) => {
        const spelt = escapes ? ascii(text) : JSON.stringify(text);
        const pieces: Uint8Array[] = [];
        for await (const piece of unescaped(cut(Buffer.from(spelt), size))) pieces.push(piece);
        expect(Buffer.concat(pieces).toString()).toBe(text);
      },
    ),
  );
});
