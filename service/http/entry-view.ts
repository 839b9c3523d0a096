import type { EntryView, ListedEntryView } from "../../api/schema.ts";
import type { Digest, Entry } from "../domain/entry.ts";
import type { Objects } from "../domain/stores.ts";

/** An entry as it travels, in Kestra's names where Kestra has one. */
export function entryView(entry: Entry, objects: Pick<Objects, "uriOf">): EntryView {
  return {
    namespace: entry.namespace,
    key: entry.key,
    type: entry.type,
    revision: entry.revision,
    etag: entry.etag,
    size: entry.size,
    digest: digestText(entry.digest),
    uri: objects.uriOf(entry.slice.object),
    description: entry.description ?? null,
    labels: entry.labels,
    secret: entry.secret,
    ttl: entry.ttl ?? null,
    creationDate: entry.createdAt,
    updateDate: entry.updatedAt,
    expirationDate: entry.expiresAt ?? null,
    createdBy: entry.createdBy,
    updatedBy: entry.updatedBy,
    door: entry.door,
  };
}

export function listedEntryView(
  entry: Entry & { readonly expired: boolean },
  objects: Pick<Objects, "uriOf">,
): ListedEntryView {
  const view = entryView(entry, objects);
  return entry.expired && entry.expiresAt !== undefined ? { ...view, expiredAt: entry.expiresAt } : view;
}

export const digestText = ({ keyId, hex }: Digest): string => `hmac-sha256:${keyId}:${hex}`;

/** Everything of a `ValueView` up to the value, which follows as the bytes that it is; a `}` ends it. */
export const valueViewStart = (view: EntryView): string =>
  `${JSON.stringify({ ...view, updated: view.updateDate }).slice(0, -1)},"value":`;
