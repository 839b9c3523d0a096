import { bigint, boolean, customType, jsonb, text, timestamp, uuid } from "drizzle-orm/pg-core";

/** Text that is sorted or range-scanned: by code points, whatever the server's locale says. */
export const sortedText = customType<{ data: string }>({ dataType: () => 'text COLLATE "C"' });

const bytes = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 6, mode: "string" });

/** Every primary key starts with these. The tenant comes first, so that each table can be partitioned by it. */
export const place = () => ({
  tenant: sortedText("tenant").notNull(),
  namespace: sortedText("namespace").notNull(),
  key: sortedText("key").notNull(),
});

/**
 * All that is true of a key at one revision. `entries` has it for the newest, `revisions` for each, so that a
 * repeated write gets its first answer and history can be read and restored from one row.
 */
export const state = () => ({
  revision: bigint("revision", { mode: "number" }).notNull(),
  etag: uuid("etag").notNull(),
  /** Null while the key is there, else how it went: `delete` or `expire`. The row is then a tombstone. */
  gone: text("gone"),
  type: text("type").notNull(),
  /** Null in a tombstone: it keeps no bytes alive. Several values may share an object later, hence the slice. */
  object: sortedText("object"),
  objectOffset: bigint("object_offset", { mode: "number" }),
  objectLength: bigint("object_length", { mode: "number" }),
  /** Bytes of the value's JSON text. */
  size: bigint("size", { mode: "number" }).notNull(),
  digest: bytes("digest").notNull(),
  /** Which key made the digest; digests under different keys say nothing about each other. */
  digestKey: text("digest_key").notNull(),
  description: text("description"),
  labels: jsonb("labels").notNull(),
  secret: boolean("secret").notNull(),
  /** The ISO-8601 duration that the latest value started with, where somebody named it. */
  ttl: text("ttl"),
  /** The same where it was the namespace's default. */
  defaultTtl: text("default_ttl"),
  expiresAt: instant("expires_at"),
  createdAt: instant("created_at").notNull(),
  createdBy: text("created_by").notNull(),
  updatedAt: instant("updated_at").notNull(),
  updatedBy: text("updated_by").notNull(),
  door: text("door").notNull(),
});
