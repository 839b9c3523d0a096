import { type KeyPlace, lastRevisions, type ReadKey, type Which } from "./client.ts";
import { listPage } from "./list.ts";
import type { EntryView } from "./schema.ts";
import type { Api } from "./transport.ts";

/** What is known of a key besides its value, which nobody fetches for it. */
export type DescribedKey =
  | Extract<ReadKey, { readonly state: "expired" }>
  | { readonly state: "live"; readonly entry: EntryView; readonly value?: undefined }
  | { readonly state: "missing" };

export const describeKey = (api: Api, at: KeyPlace, which: Which, signal: AbortSignal): Promise<DescribedKey> =>
  which.revision === undefined
    ? describeCurrent(api, at, which.inherit ?? false, signal)
    : describeRevision(api, at, which.revision, signal);

/** A key comes before all others that begin as it does, so a list of one entry finds it. Where parents are looked
 *  through, one that has expired counts as missing, as the service has it. */
async function describeCurrent(api: Api, at: KeyPlace, inherit: boolean, signal: AbortSignal): Promise<DescribedKey> {
  const filter = { prefix: at.key, inherit, expired: !inherit };
  const { entries } = await listPage(api, at.namespace, filter, { limit: 1 }, signal);
  const [found] = entries;
  if (found?.key !== at.key) return { state: "missing" };
  const { expiredAt, ...entry } = found;
  return expiredAt === undefined ? { state: "live", entry } : { state: "expired", expiredAt };
}

/** The newest revision before the next one is the one that is asked for, if it is kept. A deletion has no object. */
async function describeRevision(api: Api, at: KeyPlace, revision: number, signal: AbortSignal): Promise<DescribedKey> {
  const [found] = await lastRevisions(api, at, 1, signal, revision + 1);
  if (found?.revision !== revision || found.uri === null) return { state: "missing" };
  const { action: _, uri, ...fields } = found;
  return { state: "live", entry: { ...fields, uri, ...at } };
}
