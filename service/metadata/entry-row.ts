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

/** The columns that make an entry, in this order. */
const SHOWN = {
  revision: entries.revision,
  etag: entries.etag,
  type: entries.type,
  object: entries.object,
  objectOffset: entries.objectOffset,
  objectLength: entries.objectLength,
  size: entries.size,
  digest: entries.digest,
  digestKey: entries.digestKey,
  description: entries.description,
  labels: entries.labels,
  secret: entries.secret,
  ttl: entries.ttl,
  expiresAt: entries.expiresAt,
  createdAt: entries.createdAt,
  createdBy: entries.createdBy,
  updatedAt: entries.updatedAt,
  updatedBy: entries.updatedBy,
  door: entries.door,
  defaultTtl: entries.defaultTtl,
} as const;

/** What each of them is called here. */
export const shownNames: readonly string[] = Object.keys(SHOWN);

/** Where each of them stands. */
const AT = Object.fromEntries(shownNames.map((name, index) => [name, index])) as Record<keyof typeof SHOWN, number>;

/** The columns of an entry, of the table or alias `from`: the same names are in `entries` and `revisions`. */
export const shownOf = (from: string): SQL =>
  commaSeparated(
    Object.values(SHOWN).map((column) => shown(sql`${sql.identifier(from)}.${sql.identifier(column.name)}`, column)),
  );

const shown = (name: SQL, column: PgColumn): SQL => (column === entries.digest ? sql`encode(${name}, 'hex')` : name);

/** What a tombstone names: its bytes are only in its history, if anywhere. */
const NO_SLICE: Slice = { object: "" as ObjectName, offset: 0, length: 0 };

/** Reads the columns of `shownOf`, which start at `from` in the row. By number: lists read them a thousand times. */
export function entryOf(at: Place, row: Row, from: number): Entry {
  const object = row[from + AT.object];
  const expiresAt = row[from + AT.expiresAt];
  return {
    tenant: at.tenant,
    namespace: at.namespace,
    key: at.key,
    revision: Number(row[from + AT.revision]),
    etag: text(row[from + AT.etag]),
    type: text(row[from + AT.type]) as Type,
    slice: object
      ? {
          object: object as ObjectName,
          offset: Number(row[from + AT.objectOffset]),
          length: Number(row[from + AT.objectLength]),
        }
      : NO_SLICE,
    size: Number(row[from + AT.size]),
    digest: { hex: text(row[from + AT.digest]), keyId: text(row[from + AT.digestKey]) },
    description: row[from + AT.description] ?? undefined,
    labels: labelsOf(text(row[from + AT.labels])),
    secret: row[from + AT.secret] === "t",
    ttl: row[from + AT.ttl] ?? undefined,
    defaultTtl: row[from + AT.defaultTtl] ?? undefined,
    expiresAt: expiresAt ? instantFromDatabase(expiresAt) : undefined,
    createdAt: instantFromDatabase(text(row[from + AT.createdAt])),
    createdBy: text(row[from + AT.createdBy]),
    updatedAt: instantFromDatabase(text(row[from + AT.updatedAt])),
    updatedBy: text(row[from + AT.updatedBy]),
    door: text(row[from + AT.door]) as Door,
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
