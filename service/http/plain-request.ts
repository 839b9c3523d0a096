import type { Place } from "../domain/entry.ts";
import { parseKey } from "../domain/key.ts";
import { parseNamespace, parseTenant } from "../domain/namespace.ts";
import type { Exchange } from "../domain/telemetry.ts";
import type { Stores } from "../domain/writes.ts";
import type { Head, Incoming } from "./env.ts";

/** A request for the key that its path names, which asks for nothing out of the common. */
export interface Asked {
  readonly at: Place;
  readonly request: Request;
  readonly incoming: Incoming;
  readonly outgoing: Exchange;
  readonly requestId: string;
}

/** How the plain requests of one method are answered. */
export interface PlainMethod {
  /** Whether the head of a request asks for nothing but what is done here. */
  takes(head: Head): boolean;
  /** Undefined where the request turns out to be less plain; it is then as it came, and nothing was done for it. */
  answer(asked: Asked, stores: Stores): Promise<Response | undefined>;
}

/** `/api/v1/:tenant/namespaces/:namespace/kv/:key`, with nothing that is percent-encoded or that an URL would resolve. */
const PLAIN = /^\/api\/v1\/([\w-]+)\/namespaces\/([\w-][\w.-]*)\/kv\/([\w-][\w.-]*)$/;

/** The key in a plain path; undefined for every other address, also one that must be refused. */
export function plainPlace({ url }: Head): Place | undefined {
  const names = PLAIN.exec(url ?? "");
  if (!names) return undefined;
  const [, tenant = "", namespace = "", key = ""] = names;
  try {
    return { tenant: parseTenant(tenant), namespace: parseNamespace(namespace), key: parseKey(key) };
  } catch {
    return undefined;
  }
}

/** Whether none of these headers is there. */
export const lacks = ({ headers }: Head, names: readonly string[]): boolean =>
  names.every((name) => headers[name] === undefined);
