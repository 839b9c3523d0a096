import fc from "fast-check";
import type { Entry } from "../../domain/entry.ts";
import type { Fetched } from "../../domain/export-values.ts";
import type { ImportItem, Incoming } from "../../domain/import-item.ts";
import type { Key } from "../../domain/key.ts";
import { TYPES, type Type } from "../../domain/type.ts";
import { settle } from "../../domain/value.ts";
import type { Format } from "./format.ts";

/** What the tests of the formats share: entries of any kind, and a way through a format and back. */

/** Any key that there can be. */
export const anyKey: fc.Arbitrary<string> = fc
  .oneof(fc.string({ unit: "binary", minLength: 1, maxLength: 256 }), fc.stringMatching(/^[\w.-]{1,20}$/))
  .filter((key) => key !== "" && !key.includes("\0") && key.isWellFormed() && [...key].length <= 256);

const numbers = fc.constantFrom("0", "-0", "1.0", "0.10", "1e400", "-1E-7", "123456789012345678901234567890");
const anyDocument = fc.oneof(
  fc.json(),
  fc.tuple(fc.jsonValue(), fc.constantFrom(1, 2, "\t")).map(([value, indent]) => JSON.stringify(value, null, indent)),
  numbers.map((number) => `{"a": [ ${number} ],\n"b":\r\n{}}`),
  fc.constantFrom('"\\ud800"', '" \\u00e9\\/"', " [1]\n", "\t{}", "null", '["\\u2028\u2028\u007f"]'),
);
const BODIES: Readonly<Record<Type, fc.Arbitrary<string>>> = {
  STRING: fc.oneof(
    fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
    fc.string({ unit: fc.constantFrom(..."'\"`\\#=$a \n\r,:{") }).map((text) => JSON.stringify(text)),
    fc.constantFrom(
      '"P1D"',
      '"007"',
      '"2021-09-01"',
      '"null"',
      '""',
      '"\\u00e9"',
      '"a"\n',
      '"# no comment"',
      '"x\\\\"',
    ),
  ),
  NUMBER: numbers,
  BOOLEAN: fc.constantFrom("true", "false", " true"),
  DATETIME: fc.constantFrom("2021-09-01T01:02:03.10+02:00", "0001-01-01T00:00:00Z"),
  DATE: fc.constantFrom("2021-09-01", "0000-02-29"),
  DURATION: fc.constantFrom("PT5S", "P3DT3H2M1S", "PT-0.5S"),
  JSON: anyDocument,
};

export interface Sample {
  readonly key: string;
  readonly type: Type;
  /** As it is stored. */
  readonly json: string;
  readonly ttl: string | undefined;
  readonly expiresAt: string | undefined;
  readonly description: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly secret: boolean;
}

const text = fc.string({ unit: "grapheme", maxLength: 20 });
const anyType = fc.constantFrom(...TYPES);

/** Any entry of these types, its value settled as a PUT of it would be. */
export const anySample = (types: fc.Arbitrary<Type> = anyType, key = anyKey): fc.Arbitrary<Sample> =>
  types.chain((type) =>
    fc.record({
      key,
      type: fc.constant(type),
      json: BODIES[type].map((body) => stored(body, type)),
      ttl: fc.constantFrom(undefined, "PT24H"),
      expiresAt: fc.constantFrom(undefined, "2999-12-31T23:59:59.123456Z"),
      description: fc.option(text, { nil: undefined }),
      labels: fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), text, { maxKeys: 3, noNullPrototype: true }),
      secret: fc.boolean(),
    }),
  );

const stored = (body: string, type: Type): string =>
  Buffer.from(settle(Buffer.from(body), { type, unescapedQuotes: false }).bytes as Uint8Array).toString();

export const samples = (sample: fc.Arbitrary<Sample>, maxLength = 8): fc.Arbitrary<Sample[]> =>
  fc.uniqueArray(sample, { selector: ({ key }) => key, maxLength });

const recordOf = ({ json, key, labels, ...rest }: Sample, flows: boolean): Fetched => {
  const bytes = Buffer.from(json);
  const entry = {
    ...rest,
    key: key as Key,
    namespace: "a.b",
    revision: 3,
    etag: "0190",
    labels,
    createdAt: "2026-01-01T00:00:00.000000Z",
    createdBy: "somebody",
    updatedAt: "2026-01-01T00:00:00.000000Z",
    updatedBy: "somebody",
    door: "http",
  } as unknown as Entry;
  return { entry, past: undefined, value: flows ? async () => cut(bytes, 3) : bytes };
};

/** The same bytes in pieces of so many. */
export async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function written(
  format: Format,
  records: readonly Sample[],
  flows = false,
  skip = false,
): Promise<Buffer> {
  async function* all() {
    for (const record of records) yield recordOf(record, flows);
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of format.write(all(), skip)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** What was read: entries with their values as text, and all else as it came. */
export type ReadItem = (Omit<Incoming, "value"> & { readonly value: string }) | Exclude<ImportItem, Incoming>;

export async function read(
  format: Format,
  bytes: Uint8Array,
  pieceSize = 7,
  byEtag = false,
): Promise<readonly ReadItem[]> {
  const items: ReadItem[] = [];
  for await (const item of format.read(cut(bytes, pieceSize), byEtag)) {
    if (item.kind !== "entry") items.push(item);
    else items.push({ ...item, value: await textOf(item.value) });
  }
  return items;
}

async function textOf(value: Incoming["value"]): Promise<string> {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  const pieces: Uint8Array[] = [];
  for await (const piece of value) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
