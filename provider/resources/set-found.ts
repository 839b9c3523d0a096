import { list, map, nullOf, str } from "../cty/make.ts";
import { nfc } from "../cty/text.ts";
import { mapType, STRING } from "../cty/type.ts";
import { attribute, isNull, type ObjectValue, type Value } from "../cty/value.ts";
import { sameLength } from "./duration.ts";
import { type Entry, textOrNull } from "./entry-attributes.ts";
import { withValues } from "./entry-state.ts";
import { impliedMemberType, type Members, membersIn, membersOf } from "./set-members.ts";
import { type ListedEntry, type NotedKey, notedOf, type SetNotes } from "./set-notes.ts";
import { strangerTest } from "./set-scope.ts";
import { sameMeaning } from "./value-type.ts";

/** What a refresh makes of a list of the service. Pure. */

/** The entries of a list as a set sees them. */
export interface Sorted {
  readonly managed: readonly ListedEntry[];
  readonly strangers: readonly ListedEntry[];
}

/** A set that has just been imported has no values yet: all that is there becomes its own. */
export const isImported = (set: ObjectValue): boolean => isNull(attribute(set, "values"));

export function sortOut(set: ObjectValue, listed: readonly ListedEntry[]): Sorted {
  if (isImported(set)) return { managed: listed.filter(({ key }) => key === nfc(key)), strangers: [] };
  const members = membersOf(set);
  const isStranger = strangerTest(set);
  return {
    managed: listed.filter(({ key }) => members.has(key)),
    strangers: listed.filter(({ key }) => isStranger(key)),
  };
}

/** Whether the state holds the value that an entry has. Digests by different keys cannot be compared. */
export const isUnchanged = (noted: NotedKey | undefined, { etag, digest }: ListedEntry): boolean =>
  noted !== undefined && (noted.etag === etag || noted.digest === digest);

/** A key that is there; `value` is undefined where it is the one in the state. */
export interface FoundMember {
  readonly entry: Entry;
  readonly value: Value | undefined;
}

/** The state after a refresh: what is there, in the prior state's spelling where it means the same. */
export function foundState(
  prior: ObjectValue,
  found: readonly FoundMember[],
  strangers: readonly ListedEntry[],
): ObjectValue {
  const before = membersOf(prior);
  const values = found.map(({ entry, value }): [string, Value] => {
    const old = before.get(entry.key);
    const spelled = old !== undefined && (value === undefined || sameMeaning(entry.type, old, value)) ? old : value;
    if (spelled === undefined) throw new Error("a value is in neither the state nor the answer");
    return [entry.key, spelled];
  });
  const same = values.length === before.size && values.every(([key, value]) => before.get(key) === value);
  const members = new Map(values);
  return withValues(prior, {
    values: same && !isImported(prior) ? attribute(prior, "values") : { kind: "object", entries: members },
    types: typesFound(attribute(prior, "types"), found, members),
    ttl: ttlFound(prior, found),
    unmanaged_keys: list(
      STRING,
      strangers.map(({ key }) => str(key)),
    ),
  });
}

/** Those that the configuration names, and those that no configuration without them would make. */
function typesFound(prior: Value, found: readonly FoundMember[], values: Members): Value {
  const said = membersIn(prior);
  const types = found
    .map(({ entry }) => entry)
    .filter(({ key, type }) => said.has(key) || type !== impliedMemberType(values.get(key) ?? nullOf(STRING)))
    .map(({ key, type }): [string, Value] => [key, str(type)]);
  const unsaid = types.length === 0 && (isNull(prior) || said.size > 0);
  return unsaid ? nullOf(mapType(STRING)) : map(STRING, new Map(types));
}

/** The keys whose TTL is not the one that the state says, as far as it says one of all. */
export function ttlsChanged(set: ObjectValue, found: readonly FoundMember[]): readonly FoundMember[] {
  const ttl = attribute(set, "ttl");
  if (isImported(set) || (ttl.kind === "string" && ttl.value === MIXED)) return [];
  return found.filter(({ entry }) => !isSameTtl(ttl, entry.ttl));
}

export const isSameTtl = (said: Value, ttl: string | null | undefined): boolean =>
  said.kind === "string" ? typeof ttl === "string" && sameLength(said.value, ttl) : (ttl ?? null) === null;

/** What one attribute says of keys that have different TTLs: no configuration can say the same, so that it shows. */
const MIXED = "mixed";

function ttlFound(prior: ObjectValue, found: readonly FoundMember[]): Value {
  const [first, ...others] = found.map(({ entry }) => entry.ttl);
  if (first === undefined) return attribute(prior, "ttl");
  const said = textOrNull(first);
  if (others.every((ttl) => isSameTtl(said, ttl))) return said;
  return textOrNull(isImported(prior) ? null : MIXED);
}

export const notesFound = (found: readonly FoundMember[], strangers: readonly ListedEntry[]): SetNotes => ({
  keys: new Map(found.map(({ entry }) => [entry.key, notedOf(entry)])),
  strangers: new Map(strangers.map(({ key, etag }) => [key, etag])),
});
