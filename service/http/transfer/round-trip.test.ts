import dotenv from "dotenv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { settleIncoming } from "../../domain/import-decide.ts";
import type { Incoming } from "../../domain/import-item.ts";
import type { Type } from "../../domain/type.ts";
import { isDotenvName } from "./dotenv-writer.ts";
import { anyKey, anySample, type ReadItem, read, type Sample, samples, written } from "./fixture-records.ts";
import { FORMATS } from "./format.ts";

const { ndjson, json, yaml, csv, dotenv: env } = FORMATS;

/** What would be stored of an item in an empty namespace. */
function stored(item: ReadItem | undefined): readonly [key: string, type: Type, json: string] {
  if (item?.kind !== "entry") throw new Error(`It was not read: ${JSON.stringify(item)}`);
  const { type, bytes } = settleIncoming(Buffer.from(item.value), item as unknown as Incoming, undefined);
  return [item.key, type, Buffer.from(bytes).toString()];
}

const asStored = ({ key, type, json: text }: Sample) => [key, type, text];
const trimmed = (text: string) => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
/** What a document is where nothing says its type. */
const bareType = (text: string): Type => {
  const first = trimmed(text)[0] ?? "";
  return first === '"' ? "STRING" : /[tf]/.test(first) ? "BOOLEAN" : /[-\d]/.test(first) ? "NUMBER" : "JSON";
};
const meaning = (text: string): unknown => JSON.parse(text);

const anything = fc.record({
  records: samples(anySample()),
  flows: fc.boolean(),
  piece: fc.integer({ min: 1, max: 50 }),
});

describe("what is written and read again", () => {
  it("as NDJSON is the same in every byte and every field", async () => {
    await fc.assert(
      fc.asyncProperty(anything, async ({ records, flows, piece }) => {
        const items = await read(ndjson, await written(ndjson, records, flows), piece);
        expect(items.map(stored)).toEqual(records.map(asStored));
        expect(items.map((item) => item.kind === "entry" && item.said)).toEqual(
          records.map(({ ttl, expiresAt, description, labels, secret }) => ({
            lifetime: expiresAt
              ? { kind: "until", at: expiresAt, ...(ttl && { ttl }) }
              : ttl
                ? { kind: "for", ttl }
                : { kind: "none" },
            description: description ?? null,
            labels,
            secret,
          })),
        );
      }),
    );
  });

  it("as JSON keeps keys, digits and texts; dates, times and durations become texts", async () => {
    await fc.assert(
      fc.asyncProperty(anything, async ({ records, flows, piece }) => {
        const bytes = await written(json, records, flows);
        expect(JSON.parse(bytes.toString())).toEqual(
          Object.fromEntries(records.map((it) => [it.key, meaning(it.json)])),
        );
        const items = await read(json, bytes, piece);
        expect(items.map(stored)).toEqual(records.map(({ key, json: text }) => [key, bareType(text), trimmed(text)]));
      }),
    );
  });

  it("as YAML keeps keys, digits, texts, dates, times and durations, and other readers take it", async () => {
    await fc.assert(
      fc.asyncProperty(anything, async ({ records, flows, piece }) => {
        const bytes = await written(yaml, records, flows);
        const items = await read(yaml, bytes, piece);
        const isPlain = (type: Type) => type === "DATE" || type === "DATETIME" || type === "DURATION";
        expect(items.map(stored)).toEqual(
          records.map(({ key, type, json: text }) => [
            key,
            isPlain(type) && !flows ? type : bareType(text),
            trimmed(text).replaceAll("\r", " "),
          ]),
        );
        const seen = parse(bytes.toString(), { uniqueKeys: false, maxAliasCount: 0, mapAsMap: true }) as Map<
          string,
          unknown
        >;
        if (records.length > 0) expect([...seen.keys()].map(String)).toEqual(records.map(({ key }) => key));
      }),
    );
  });

  it("as CSV keeps key, type, value, both ends of a life, description and labels", async () => {
    const wellFormed = anySample().filter((it) => it.type !== "STRING" || (meaning(it.json) as string).isWellFormed());
    await fc.assert(
      fc.asyncProperty(samples(wellFormed), fc.boolean(), async (records, flows) => {
        const items = await read(csv, await written(csv, records, flows));
        expect(items.map(stored)).toEqual(
          records.map((it) => [it.key, it.type, it.type === "STRING" ? JSON.stringify(meaning(it.json)) : it.json]),
        );
        expect(items.map((item) => item.kind === "entry" && item.said)).toMatchObject(
          records.map(({ description, labels }) => ({ description: description || null, labels, secret: undefined })),
        );
      }),
    );
  });

  it("as dotenv is the same text to the dotenv library, or left out with a comment", async () => {
    await fc.assert(
      fc.asyncProperty(samples(anySample()), async (records) => {
        const bytes = await written(env, records, false, true);
        const texts = new Map(
          records.map((it) => [
            it.key,
            ["NUMBER", "BOOLEAN", "JSON"].includes(it.type) ? it.json : (meaning(it.json) as string),
          ]),
        );
        const seen = Object.entries(dotenv.parse(bytes));
        for (const [key, value] of seen) expect(value).toBe(texts.get(key));
        const left = bytes.toString().match(/^# left out: /gm)?.length ?? 0;
        expect(seen.length + left).toBe(records.length);
        const items = await read(env, bytes);
        expect(items.map(stored)).toEqual(
          items.map((item) => (item.kind === "entry" ? [item.key, "STRING", JSON.stringify(texts.get(item.key))] : [])),
        );
        expect(items).toHaveLength(seen.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it("plain texts of plain names all fit into dotenv", async () => {
    const names = anyKey.filter(isDotenvName);
    const plain = anySample(fc.constant("STRING"), names).map((it) => ({ ...it, json: JSON.stringify(it.key) }));
    await fc.assert(
      fc.asyncProperty(samples(plain), async (records) => {
        expect(await read(env, await written(env, records))).toHaveLength(records.length);
      }),
    );
  });
});
