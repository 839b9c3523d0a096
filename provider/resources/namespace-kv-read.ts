import type { KeyPlace } from "../../api/client.ts";
import { bool, nullOf, num, str } from "../cty/make.ts";
import { NUMBER, STRING } from "../cty/type.ts";
import { attribute, isNull, type ObjectValue, type Value } from "../cty/value.ts";
import type { Diagnostic } from "../schema/diagnostic.ts";
import type { Notes, Outcome, Session } from "../schema/provider.ts";
import type { FoundKey, Store, ValueWanted } from "../store/store.ts";
import { isOtherDigest } from "./digest.ts";
import { nanosecondsOf } from "./duration.ts";
import { type Entry, entryValues, textOrNull } from "./entry-attributes.ts";
import { labelsValue, maybeTextAt, placeOf, withValues } from "./entry-state.ts";
import { survivingJson } from "./json-value.ts";
import { type KvNotes, notesOf } from "./namespace-kv-notes.ts";
import { expired, valueChangedOutside } from "./namespace-kv-refusals.ts";
import type { Source } from "./namespace-kv-source.ts";
import { idOf } from "./refusals.ts";
import { valueFromService } from "./value-type.ts";

type Live = Extract<FoundKey, { readonly state: "live" }>;

/** What has become of a key: drift shows in the state, save what was never set here. */
export async function readKv(state: ObjectValue, { client, signal }: Session<Store>, noted: Notes): Promise<Outcome> {
  const [at, notes] = [placeOf(state), notesOf(noted)];
  const source = sourceOf(state, notes);
  const found = await client.readKey(at, wanted(state, source), signal);
  if (found.state === "live") return live(at, state, found, source, notes);
  if (found.state === "expired") return ended(at, state, found.expiredAt);
  const end = maybeTextAt(state, "expires_at");
  // Long after its end nothing is known of a key any more; whoever is to leave it alone still does.
  const isOver = end !== undefined && Date.parse(end) <= +found.readAt;
  return isOver && !isRecreated(state) ? ended(at, state, end) : { state: undefined };
}

/** Where the state has the value. */
function sourceOf(state: ObjectValue, { written, metadataOnly }: KvNotes): Source | undefined {
  if (metadataOnly) return undefined;
  if (!isNull(attribute(state, "value_json"))) return "value_json";
  return written ? "value_wo" : "value";
}

function wanted(state: ObjectValue, source: Source | undefined): ValueWanted {
  if (source !== "value" && source !== "value_json") return "never";
  const digest = maybeTextAt(state, "digest");
  return digest === undefined ? "always" : { unlessDigest: digest };
}

function live(
  at: KeyPlace,
  state: ObjectValue,
  { entry, value, readAt }: Live,
  source: Source | undefined,
  notes: KvNotes,
): Outcome {
  const diagnostics: Diagnostic[] = [];
  const values: Record<string, Value> = {
    ...entryValues(entry),
    type: str(entry.type),
    ttl: textOrNull(entry.ttl),
    ...ownedMetadata(state, entry),
    expired: bool(false),
  };
  if (value !== undefined && source === "value") values["value"] = valueFromService(idOf(at), value);
  if (value !== undefined && source === "value_json") values["value_json"] = str(survivingJson(value));
  if (notes.written) {
    const { digest, version } = notes.written;
    const isOurs = !isOtherDigest(digest, entry.digest);
    values["value_wo_version"] = isOurs ? num(version) : nullOf(NUMBER);
    if (!isOurs) diagnostics.push(valueChangedOutside(at, entry));
  }
  // Of `ttl` and `expires_at`, an imported state has one, so that the configuration that is made of it has one, too.
  if (notes.imported && isNull(attribute(state, "expires_at"))) values["expires_at"] = nullOf(STRING);
  const next = notesNow(state, entry, readAt, notes);
  return { state: withValues(state, values), diagnostics, ...(next && { notes: next }) };
}

/** Description, labels and mark, as far as they were set here. */
function ownedMetadata(state: ObjectValue, entry: Entry): Record<string, Value> {
  const known: Record<string, Value> = {
    description: textOrNull(entry.description),
    labels: labelsValue(entry.labels),
    secret: bool(entry.secret),
  };
  return Object.fromEntries(Object.entries(known).filter(([name]) => !isNull(attribute(state, name))));
}

/** The notes, where this read makes others of them. */
function notesNow(state: ObjectValue, entry: Entry, readAt: Date, notes: KvNotes): Notes | undefined {
  const { due, imported, ...rest } = notes;
  const isDue = isWithin(entry.expirationDate, maybeTextAt(state, "renew_before"), readAt);
  if (!imported && isDue === (due === true)) return undefined;
  return isDue ? { ...rest, due: true } : rest;
}

/** Whether less time is left than `before` says. */
function isWithin(end: string | null, before: string | undefined, now: Date): boolean {
  const nanoseconds = before === undefined ? undefined : nanosecondsOf(before);
  if (end === null || nanoseconds === undefined) return false;
  return (Date.parse(end) - +now) * 1e6 <= Number(nanoseconds);
}

const isRecreated = (state: ObjectValue): boolean => (maybeTextAt(state, "on_expire") ?? "recreate") === "recreate";

function ended(at: KeyPlace, state: ObjectValue, expiredAt: string): Outcome {
  if (isRecreated(state)) return { state: undefined, diagnostics: [expired(at, expiredAt)] };
  return { state: withValues(state, { expires_at: str(expiredAt), expired: bool(true) }) };
}
