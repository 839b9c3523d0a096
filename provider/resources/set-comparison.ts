import type { BatchWrite } from "../../api/batch-body.ts";
import { printJson } from "../cty/json-print.ts";
import { attribute, type ObjectValue, type Value } from "../cty/value.ts";
import { isSameTtl } from "./set-found.ts";
import { type Members, membersOf, typesOf } from "./set-members.ts";
import type { NotedKey, SetNotes } from "./set-notes.ts";
import { strangersToRemove } from "./set-scope.ts";
import { sameMeaning } from "./value-type.ts";

/** A write, before it is sent. */
export type SetWrite = Without<BatchWrite, "idempotencyKey">;
/** Omit, of each member of a union. */
type Without<Union, Name extends PropertyKey> = Union extends unknown ? Omit<Union, Name> : never;

/**
 * What makes the keys as planned: only what differs from the state, each on condition that the key still is as it was
 * noted, or still is not there. Pure.
 * @param prior undefined for a set that is to be created
 */
export function differenceOf(prior: ObjectValue | undefined, planned: ObjectValue, notes: SetNotes): SetWrite[] {
  const wanted = membersOf(planned);
  const known: Members = prior ? membersOf(prior) : new Map();
  const isAsPlanned = comparison(prior, planned);
  const typeIn = typesOf(planned);
  const writes: SetWrite[] = [];
  for (const [key, value] of wanted) {
    const noted = notes.keys.get(key);
    const before = known.get(key);
    if (noted && before !== undefined && isAsPlanned(key, before, value, noted)) continue;
    writes.push(putOf(planned, key, value, typeIn(key, value), noted));
  }
  for (const key of known.keys()) {
    const noted = notes.keys.get(key);
    if (noted && !wanted.has(key)) writes.push(deleteOf(key, noted.etag));
  }
  for (const key of prior ? strangersToRemove(prior, planned) : []) {
    const etag = notes.strangers.get(key);
    if (etag !== undefined) writes.push(deleteOf(key, etag));
  }
  return writes;
}

/** What takes away the keys of a set that is to be destroyed. */
export const removalOf = (set: ObjectValue, notes: SetNotes): SetWrite[] =>
  [...notes.keys].filter(([key]) => membersOf(set).has(key)).map(([key, { etag }]) => deleteOf(key, etag));

function comparison(prior: ObjectValue | undefined, planned: ObjectValue) {
  const ttl = attribute(planned, "ttl");
  const [typeBefore, typeAfter] = [typesOf(prior ?? planned), typesOf(planned)];
  return (key: string, before: Value, value: Value, noted: NotedKey): boolean => {
    const type = typeAfter(key, value);
    return typeBefore(key, before) === type && sameMeaning(type, before, value) && isSameTtl(ttl, noted.ttl);
  };
}

function putOf(
  planned: ObjectValue,
  key: string,
  value: Value,
  type: string | undefined,
  noted: NotedKey | undefined,
): SetWrite {
  const ttl = attribute(planned, "ttl");
  const fields = {
    ...noted?.kept,
    value: printJson(value, [{ attribute: "values" }, { key }]),
    type,
    ttl: ttl.kind === "string" ? ttl.value : undefined,
  };
  return { op: "put", key, fields, only: noted ? { etag: noted.etag } : "if-absent" };
}

const deleteOf = (key: string, etag: string): SetWrite => ({ op: "delete", key, only: { etag } });
