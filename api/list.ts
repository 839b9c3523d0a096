import { answeredAt, viewOf } from "./client.ts";
import { PAGE_ENTRIES_MAX } from "./limits.ts";
import type { ListedEntryView } from "./schema.ts";
import { type Api, type Call, send } from "./transport.ts";

/** Typed calls on the list of a namespace's keys, for every program of ours that is not the service. */

/** Which entries are wanted: those for which all that is named holds. */
export interface EntryFilter {
  /** Keys that begin so. */
  readonly prefix?: string | undefined;
  /** One of these. */
  readonly types?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Also those of the namespaces above, the nearest of each key. */
  readonly inherit?: boolean | undefined;
  /** Those whose time is over as well, with `expiredAt`, while their history lasts. */
  readonly expired?: boolean | undefined;
}

/** Entries in the order of their keys' code points. */
export interface EntryPage {
  readonly entries: readonly ListedEntryView[];
  /** Where the next page begins; undefined behind the last one. */
  readonly next: string | undefined;
  /** When this was so, by the service's own clock. */
  readonly readAt: Date;
}

/** At most `limit` entries from `cursor` on, the `next` of the page before. A namespace that nobody knows has none. */
export async function listPage(
  api: Api,
  namespace: string,
  filter: EntryFilter,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  signal: AbortSignal,
): Promise<EntryPage> {
  const query = new URLSearchParams({ limit: `${limit}` });
  if (cursor !== undefined) query.set("cursor", cursor);
  if (filter.prefix) query.set("prefix", filter.prefix);
  for (const type of filter.types ?? []) query.append("type", type);
  for (const [name, value] of Object.entries(filter.labels ?? {})) query.append("label", `${name}=${value}`);
  if (filter.inherit) query.set("inherit", "true");
  if (filter.expired) query.set("expired", "true");
  const call: Call = { method: "GET", path: `/namespaces/${encodeURIComponent(namespace)}/kv?${query.toString()}` };
  const answer = await send(api, call, [], signal);
  const entries = viewOf<readonly ListedEntryView[]>(api, call, answer, "length");
  return { entries, next: nextIn(answer.headers.get("link")), readAt: answeredAt(answer) };
}

/** All of them, page after page. */
export async function listAll(
  api: Api,
  namespace: string,
  filter: EntryFilter,
  signal: AbortSignal,
): Promise<readonly ListedEntryView[]> {
  const found: ListedEntryView[] = [];
  let cursor: string | undefined;
  do {
    const page = await listPage(api, namespace, filter, { limit: PAGE_ENTRIES_MAX, cursor }, signal);
    for (const entry of page.entries) found.push(entry);
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}

/** RFC 8288. Only the cursor is taken: a proxy may show the service at another path. */
function nextIn(link: string | null): string | undefined {
  const next = /<([^>]*)>\s*;\s*rel="?next"?/.exec(link ?? "")?.[1];
  return next === undefined ? undefined : (new URL(next, "http://service").searchParams.get("cursor") ?? undefined);
}
