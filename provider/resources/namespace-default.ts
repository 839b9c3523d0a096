import { readNamespace } from "../../api/namespaces.ts";
import type { Api } from "../../api/transport.ts";
import type { Entry } from "./entry-attributes.ts";

/** Whether keys of a namespace get its default TTL. Asks once, and only when somebody wants to know. */
export function defaultTtlOf(api: Api, namespace: string, signal: AbortSignal): () => Promise<boolean> {
  let asked: Promise<boolean> | undefined;
  return () => {
    asked ??= readNamespace(api, namespace, signal).then((view) => view?.defaultTtl !== undefined);
    return asked;
  };
}

/** Whether a key has an end of its own: a TTL, or an instant, and not only its namespace's default, which is nobody's
 *  to write down. */
export async function hasOwnEnd({ ttl, expirationDate }: Entry, hasDefault: () => Promise<boolean>): Promise<boolean> {
  if (ttl !== null || expirationDate === null) return ttl !== null;
  return !(await hasDefault());
}
