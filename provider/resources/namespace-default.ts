import { readNamespace } from "../../api/namespaces.ts";
import type { Api } from "../../api/transport.ts";
import type { Entry } from "./entry-attributes.ts";

/** Whether a key has an end of its own: a TTL, or an instant, and not only its namespace's default, which is nobody's
 *  to write down. */
export async function hasOwnEnd(api: Api, entry: Entry, signal: AbortSignal): Promise<boolean> {
  if (entry.ttl !== null || entry.expirationDate === null) return entry.ttl !== null;
  return (await readNamespace(api, entry.namespace, signal))?.defaultTtl === undefined;
}
