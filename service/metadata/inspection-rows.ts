import type { Door, Place, Slice } from "../domain/entry.ts";
import type { Misfit, NamingRevision, ObjectFacts, WalkedRevision } from "../domain/inspection-store.ts";
import type { ObjectName } from "../domain/object.ts";
import type { Row } from "./database.ts";
import { instantFromDatabase } from "./instant.ts";

export const placeOf = ([tenant, namespace, key]: Row): Place => ({ tenant, namespace, key }) as unknown as Place;

/** Reads the columns of ALL_OBJECTS and of FACTS. */
export function factsOf([name, liveBytes, isDead, bytes, bytesMin, isAtHome]: Row): ObjectFacts {
  return {
    name: name as ObjectName,
    row: typeof liveBytes === "string" ? { liveBytes: Number(liveBytes), isDead: isDead === "t" } : undefined,
    named:
      typeof bytes === "string"
        ? { bytes: Number(bytes), bytesMin: Number(bytesMin), isAtHome: isAtHome === "t" }
        : undefined,
  };
}

const sliceOf = (object: string | null | undefined, offset: unknown, length: unknown): Slice => ({
  object: `${object}` as ObjectName,
  offset: Number(offset),
  length: Number(length),
});

/** Reads the columns of NAMING_REVISIONS. */
export function namingOf(row: Row): NamingRevision {
  const [revision, etag, object, offset, length, isCurrent, by, door, updatedAt] = row.slice(3);
  return {
    at: placeOf(row),
    revision: Number(revision),
    etag: `${etag}`,
    slice: sliceOf(object, offset, length),
    isCurrent: isCurrent === "t",
    by: `${by}`,
    door: door as Door,
    updatedAt: instantFromDatabase(`${updatedAt}`),
  };
}

/** Place, revision, author, time and what does not fit: the first columns of every walk. None when all fits. */
export function misfitOf(row: Row): Misfit[] {
  const [revision, by, updatedAt, what] = row.slice(3);
  if (typeof what !== "string") return [];
  return [
    {
      at: placeOf(row),
      revision: Number(revision),
      by: `${by}`,
      updatedAt: instantFromDatabase(`${updatedAt}`),
      what: what as Misfit["what"],
    },
  ];
}

/** Reads the columns of REVISIONS. */
export function walkedOf(row: Row): WalkedRevision {
  const [revision, by, updatedAt, , object, offset, length, hex, keyId] = row.slice(3);
  return {
    at: placeOf(row),
    revision: Number(revision),
    by: `${by}`,
    updatedAt: instantFromDatabase(`${updatedAt}`),
    misfit: misfitOf(row)[0],
    slice: typeof object === "string" ? sliceOf(object, offset, length) : undefined,
    digest: { hex: `${hex}`, keyId: `${keyId}` },
  };
}
