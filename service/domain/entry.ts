import type { Key } from "./key.ts";
import type { NamespaceName, Tenant } from "./namespace.ts";
import type { ObjectName } from "./object.ts";
import type { Type } from "./type.ts";

/** Where a value belongs. */
export interface Place {
  readonly tenant: Tenant;
  readonly namespace: NamespaceName;
  readonly key: Key;
}

/** A time of the database's clock: RFC 3339 in UTC with six digits of fraction, so that texts sort as times do. */
export type Instant = string;

/** An ISO-8601 duration in its canonical form, `PT75H2M1S`. */
export type DurationText = string;

/** Opaque and unique for ever: the revision's own UUID. */
export type Etag = string;

/** Through which door a change came. */
export const DOORS = ["http", "terraform", "ui", "flow", "cli", "sweep"] as const;
export type Door = (typeof DOORS)[number];

/** A client of ours says which door it is; everybody else came by HTTP. The sweep never comes from outside. */
export const doorNamed = (name: unknown): Door => DOORS.find((door) => door === name && door !== "sweep") ?? "http";

/** The bytes of one value: the whole of an object, or a part of one that small values of one batch share. */
export interface Slice {
  readonly object: ObjectName;
  readonly offset: number;
  readonly length: number;
}

/** HMAC-SHA-256 of a value, in hex, and the id of the key that made it. Under another key, it says nothing. */
export interface Digest {
  readonly hex: string;
  readonly keyId: string;
}

export type Labels = Readonly<Record<string, string>>;

/** The current fact about a key. The bytes live in objects; an entry says which bytes are current. */
export interface Entry extends Place {
  /** 1, 2, 3 … with every change of this key, of its value or of what is said about it. */
  readonly revision: number;
  readonly etag: Etag;
  readonly type: Type;
  readonly slice: Slice;
  /** Bytes of the value's JSON text. */
  readonly size: number;
  readonly digest: Digest;
  readonly description: string | undefined;
  readonly labels: Labels;
  readonly secret: boolean;
  /** The time to live that the latest value was given; undefined when there is none or an instant was named. */
  readonly ttl: DurationText | undefined;
  /** What it took from its namespace where nobody said anything. Callers see it in `expiresAt` only. */
  readonly defaultTtl: DurationText | undefined;
  readonly expiresAt: Instant | undefined;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly updatedAt: Instant;
  readonly updatedBy: string;
  readonly door: Door;
}

/** Who changed a key last. */
export interface LastChange {
  readonly revision: number;
  readonly etag: Etag;
  readonly updatedAt: Instant;
  readonly updatedBy: string;
  readonly door: Door;
}
