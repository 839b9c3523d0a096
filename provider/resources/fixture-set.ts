import { nullOf, obj, str } from "../cty/make.ts";
import type { ObjectValue, Value } from "../cty/value.ts";
import { NAMESPACE_KV_SET } from "./namespace-kv-set-schema.ts";
import type { ListedEntry } from "./set-notes.ts";

/** A configuration, plan or state that says this of the namespace `n`, and nothing else. */
export const setWith = (said: Readonly<Record<string, Value>>): ObjectValue =>
  obj({
    ...Object.fromEntries(Object.entries(NAMESPACE_KV_SET.attributes).map(([name, { type }]) => [name, nullOf(type)])),
    namespace: str("n"),
    values: obj({}),
    ...said,
  });

/** What a list tells of a key at its first revision. */
export const listed = (key: string, more: Partial<ListedEntry> = {}): ListedEntry => ({
  namespace: "n",
  key,
  type: "NUMBER",
  revision: 1,
  etag: `${key}-1`,
  size: 1,
  digest: `digest of ${key}`,
  uri: "u",
  description: null,
  labels: {},
  secret: false,
  ttl: null,
  creationDate: "c",
  updateDate: "u",
  expirationDate: null,
  createdBy: "ada",
  updatedBy: "ada",
  door: "http",
  ...more,
});
