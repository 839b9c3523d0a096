import { readKeys } from "../../api/batch.ts";
import { listAll } from "../../api/list.ts";
import type { ObjectValue, Value } from "../cty/value.ts";
import type { Diagnostic } from "../schema/diagnostic.ts";
import type { Notes, Outcome, Session } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";
import { type FoundMember, foundState, isUnchanged, notesFound, sortOut, ttlsChanged } from "./set-found.ts";
import { membersOf } from "./set-members.ts";
import { fromNotes, type ListedEntry, type SetNotes, toNotes } from "./set-notes.ts";
import { membersExpired, ttlsDiffer, unholdable } from "./set-refusals.ts";
import { type Scope, scopeOf } from "./set-scope.ts";
import { heldValue } from "./value-type.ts";

/** All keys that a scope has, without their values. */
export const listScope = (
  { client, signal }: Session<Store>,
  { namespace, prefix }: Scope,
): Promise<readonly ListedEntry[]> => listAll(client.api, namespace, { prefix }, signal);

/** Lists what is there, and asks only for values that the state does not hold. */
export async function readSet(state: ObjectValue, session: Session<Store>, said: Notes): Promise<Outcome> {
  const scope = scopeOf(state);
  const { managed, strangers } = sortOut(state, await listScope(session, scope));
  const { found, expired } = await withValues(state, managed, fromNotes(said), scope, session);
  const diagnostics: Diagnostic[] = expired.length > 0 ? [membersExpired(expired)] : [];
  const members = membersOf(state);
  if (found.length + strangers.length === 0 && members.size > 0) return { state: undefined, diagnostics };
  const restarted = ttlsChanged(state, found);
  if (restarted.length > 0) diagnostics.push(ttlsDiffer(restarted.map(({ entry }) => entry.key)));
  return {
    state: foundState(state, found, strangers),
    diagnostics,
    notes: toNotes(notesFound(found, strangers)),
  };
}

interface WithValues {
  readonly found: readonly FoundMember[];
  readonly expired: readonly Expired[];
}
export interface Expired {
  readonly key: string;
  readonly expiredAt: string;
}

/** Those that the list does not have are asked for as well: they may have expired, or come back meanwhile. */
async function withValues(
  state: ObjectValue,
  managed: readonly ListedEntry[],
  { keys }: SetNotes,
  { namespace }: Scope,
  { client, signal }: Session<Store>,
): Promise<WithValues> {
  const listed = new Map(managed.map((entry) => [entry.key, entry]));
  const unread = managed.filter((entry) => !isUnchanged(keys.get(entry.key), entry));
  const missing = [...membersOf(state).keys()].filter((key) => !listed.has(key)).map((key) => ({ key }));
  const wanted = [...unread, ...missing];
  const found = new Map<string, FoundMember>(managed.map((entry) => [entry.key, { entry, value: undefined }]));
  const expired: Expired[] = [];
  for (const [index, read] of (await readKeys(client.api, namespace, wanted, signal)).entries()) {
    const key = wanted[index]?.key ?? "";
    if (read.state === "failed") throw read.error;
    if (read.state === "live")
      found.set(key, { entry: read.entry, value: memberFromService(namespace, key, read.value) });
    else found.delete(key);
    if (read.state === "expired") expired.push({ key, expiredAt: read.expiredAt });
  }
  return { found: [...found.values()], expired };
}

const memberFromService = (namespace: string, key: string, json: string): Value =>
  heldValue(json, [{ attribute: "values" }, { key }], (failure) => unholdable({ namespace, key }, failure));
