import { WEBHOOK_URL_LENGTH_MAX } from "../../api/limits.ts";
import type { Instant } from "./entry.ts";
import { Failure } from "./fault.ts";
import type { NamespaceName, Tenant } from "./namespace.ts";
import { unstorable } from "./text.ts";

/** What can happen to a key. */
export const EVENTS = ["put", "delete", "expire"] as const;
export type Event = (typeof EVENTS)[number];

/** What a caller decides about a webhook. */
export interface WebhookSettings {
  readonly url: string;
  /** Undefined: every namespace. */
  readonly namespace: NamespaceName | undefined;
  /** Only keys that begin with it. */
  readonly prefix: string | undefined;
  readonly events: readonly Event[];
  readonly description: string | undefined;
  readonly enabled: boolean;
}

/** Somebody who is told of changes. */
export interface Webhook extends WebhookSettings {
  readonly tenant: Tenant;
  readonly id: string;
  /** Why the service itself disabled it. */
  readonly disabledBecause: string | undefined;
  readonly secretVersion: number;
  /** While the secret before signs as well, for receivers that have not heard of the new one. */
  readonly previousUntil: Instant | undefined;
  /** When changes were lost to it, because it was behind for longer than the log reaches back. */
  readonly missedAt: Instant | undefined;
  readonly deliveredAt: Instant | undefined;
  readonly failedAt: Instant | undefined;
  /** What the last failure was. */
  readonly failure: string | undefined;
  /** Deliveries that wait, and those that were given up. */
  readonly pending: number;
  readonly dead: number;
  readonly revision: number;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly updatedAt: Instant;
  readonly updatedBy: string;
}

export const NEW_WEBHOOK: Omit<WebhookSettings, "url"> = {
  namespace: undefined,
  prefix: undefined,
  events: EVENTS,
  description: undefined,
  enabled: true,
};

const refuse = (field: string, reason: string) => new Failure({ kind: "invalid", field, reason });

/** An absolute http or https address without a name and password in it. Fails with `invalid`, field `url`. */
export function parseWebhookUrl(text: unknown): string {
  if (typeof text !== "string" || text.length > WEBHOOK_URL_LENGTH_MAX || !URL.canParse(text))
    throw refuse("url", `It is an http or https address of at most ${WEBHOOK_URL_LENGTH_MAX} characters.`);
  const fault = unstorable(text);
  if (fault) throw refuse("url", `An address ${fault}.`);
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") throw refuse("url", "It begins with http:// or https://.");
  if (url.username !== "" || url.password !== "")
    throw refuse("url", "It holds no name or password: everybody who may list webhooks would read them.");
  return text;
}

/** Fails with `invalid`, field `events`. */
export function parseEvents(events: unknown): readonly Event[] {
  const known = (name: unknown): name is Event => EVENTS.some((event) => event === name);
  if (!Array.isArray(events) || events.length === 0 || !events.every(known))
    throw refuse("events", `They are a list of ${EVENTS.join(", ")}, at least one of them.`);
  return EVENTS.filter((event) => events.includes(event));
}
