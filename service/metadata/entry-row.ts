import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import type { PgColumn } from "drizzle-orm/pg-core";
import type { Door, Entry, Labels, LastChange, Place, Slice } from "../domain/entry.ts";
import type { ObjectName } from "../domain/object.ts";
import type { Type } from "../domain/type.ts";
import type { Row } from "./database.ts";
import { instantFromDatabase } from "./instant.ts";
import { commaSeparated } from "./statement.ts";
import { entries } from "./tables/entries.ts";

/** The columns that make an entry, as `entryOf` reads them. */
const SHOWN = [
  entries.revision,
  entries.etag,
  entries.type,
  entries.object,
  entries.objectOffset,
  entries.objectLength,
  entries.size,
  entries.digest,
  entries.digestKey,
  entries.description,
  entries.labels,
  entries.secret,
  entries.ttl,
  entries.expiresAt,
  entries.createdAt,
  entries.createdBy,
  entries.updatedAt,
  entries.updatedBy,
  entries.door,
  entries.defaultTtl,
] as const;

const WIDTH = SHOWN.length;

/** The columns of an entry, of the table or alias `from`: the same names are in `entries` and `revisions`. */
export const shownOf = (from: string): SQL =>
  commaSeparated(SHOWN.map((column) => shown(sql`${sql.identifier(from)}.${sql.identifier(column.name)}`, column)));

const shown = (name: SQL, column: PgColumn): SQL => (column === entries.digest ? sql`encode(${name}, 'hex')` : name);

/** What a tombstone names: its bytes are only in its history, if anywhere. */
const NO_SLICE: Slice = { object: "" as ObjectName, offset: 0, length: 0 };

/** Reads the columns of `shownOf`, which start at `from` in the row. */
export function entryOf(at: Place, row: Row, from: number): Entry {
  const [revision, etag, type, object, offset, length, size, hex, keyId, ...more] = row.slice(from, from + WIDTH);
  const [description, labels, secret, ttl, expiresAt, createdAt, createdBy, updatedAt, updatedBy, door, defaultTtl] =
    more;
  return {
    tenant: at.tenant,
    namespace: at.namespace,
    key: at.key,
    revision: Number(revision),
    etag: text(etag),
    type: text(type) as Type,
    slice: object ? { object: object as ObjectName, offset: Number(offset), length: Number(length) } : NO_SLICE,
    size: Number(size),
    digest: { hex: text(hex), keyId: text(keyId) },
    description: description ?? undefined,
    labels: labelsOf(text(labels)),
    secret: secret === "t",
    ttl: ttl ?? undefined,
    defaultTtl: defaultTtl ?? undefined,
    expiresAt: expiresAt ? instantFromDatabase(expiresAt) : undefined,
    createdAt: instantFromDatabase(text(createdAt)),
    createdBy: text(createdBy),
    updatedAt: instantFromDatabase(text(updatedAt)),
    updatedBy: text(updatedBy),
    door: text(door) as Door,
  };
}

export function lastChangeOf({ revision, etag, updatedAt, updatedBy, door }: Entry): LastChange {
  return { revision, etag, updatedAt, updatedBy, door };
}

const NO_LABELS: Labels = {};

const labelsOf = (json: string): Labels => (json === "{}" ? NO_LABELS : (JSON.parse(json) as Labels));

function text(value: string | null | undefined): string {
  if (value === null || value === undefined) throw new Error("The database left out a column that is never null.");
  return value;
}
