import { randomUUID } from "node:crypto";
import { type EntryFields, type KeyPlace, readKey } from "../../api/client.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import type { Session } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";
import type { Entry } from "./entry-attributes.ts";
import { defaultTtlOf, hasOwnEnd } from "./namespace-default.ts";
import { nothingToManage, overtakenTooOften } from "./namespace-kv-refusals.ts";
import { isProblem } from "./refusals.ts";

/** How often a write that builds on what is there may lose to other writers before it gives up. */
export const OVERTAKEN_MAX = 5;

type Taken =
  | { readonly kind: "taken"; readonly entry: Entry }
  | { readonly kind: "overtaken" }
  | { readonly kind: "gone"; readonly expiredAt: string | undefined };

/** Makes a key that exists what the fields say, all else of it stays. Undefined when it is gone, or somebody else was
 *  faster: then nothing was written. */
export async function adopt(at: KeyPlace, fields: EntryFields, session: Session<Store>): Promise<Entry | undefined> {
  const saysEnd = fields.ttl !== undefined || fields.expiresAt !== undefined;
  const hasDefault = defaultTtlOf(session.client.api, at.namespace, session.writeSignal);
  const taken = await take(at, session, async (entry) => {
    const keepsEnd = saysEnd || !(await hasOwnEnd(entry, hasDefault));
    return keepsEnd ? fields : { ...fields, ttl: null }; // without a TTL in the configuration it has none
  });
  return taken.kind === "taken" ? taken.entry : undefined;
}

/** Says something about a key whose value is somebody else's. */
export async function manage(at: KeyPlace, fields: EntryFields, session: Session<Store>): Promise<Entry> {
  for (let tries = 1; tries <= OVERTAKEN_MAX; tries++) {
    const taken = await take(at, session, async () => fields);
    if (taken.kind === "taken") return taken.entry;
    if (taken.kind === "gone") throw new DiagnosticError(nothingToManage(at, taken.expiredAt));
  }
  throw new DiagnosticError(overtakenTooOften(at));
}

/** Reads the key and changes the revision that it read, so that no write of anybody's is lost in between. */
async function take(
  at: KeyPlace,
  { client, writeSignal }: Session<Store>,
  fieldsFor: (entry: Entry) => Promise<EntryFields>,
): Promise<Taken> {
  const found = await readKey(client.api, at, writeSignal);
  if (found.state !== "live")
    return { kind: "gone", expiredAt: found.state === "expired" ? found.expiredAt : undefined };
  const fields = await fieldsFor(found.entry);
  if (Object.keys(fields).length === 0) return { kind: "taken", entry: found.entry };
  try {
    const entry = await client.patchKey(at, fields, found.entry.etag, randomUUID(), writeSignal);
    return { kind: "taken", entry };
  } catch (failure) {
    if (isProblem(failure, "stale", "not-found")) return { kind: "overtaken" };
    throw failure;
  }
}
