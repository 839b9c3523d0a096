import type { NamespaceName, Tenant } from "../domain/namespace.ts";
import type { Event } from "../domain/webhook.ts";
import type { Due, Follower, WebhookQueue } from "../domain/webhook-store.ts";
import { arrayLiteral } from "./array-literal.ts";
import { ask } from "./ask.ts";
import type { Database, Row } from "./database.ts";
import { deliveryOf } from "./webhook-delivery-row.ts";
import {
  BACKLOG,
  DELIVERED,
  FAILED,
  FOLLOWERS,
  FORGET_DEAD,
  HAND_OVER,
  SKIP,
  TAKE_DELIVERIES,
} from "./webhook-queue-statements.ts";

export function createWebhookQueue(database: Database): WebhookQueue {
  return {
    async followers(pendingMax) {
      return (await ask(database, FOLLOWERS, { pending_max: `${pendingMax}` })).map(followerOf);
    },
    async handOver(follower, changes, upto) {
      await ask(database, HAND_OVER, { ...moved(follower, upto), changes: JSON.stringify(changes) });
    },
    async skip(follower, upto) {
      await ask(database, SKIP, moved(follower, upto));
    },
    async take(each, holdMs, busy) {
      const parameters = { each: `${each}`, hold_ms: `${holdMs}`, busy: arrayLiteral(busy) };
      return (await ask(database, TAKE_DELIVERIES, parameters)).map(dueOf);
    },
    async delivered(due) {
      await ask(database, DELIVERED, named(due));
    },
    async failed({ due, failure, retryMs, disable }) {
      const retry = retryMs === undefined ? null : `${retryMs}`;
      await ask(database, FAILED, { ...named(due), failure, retry_ms: retry, disable: `${disable}` });
    },
    async backlog() {
      const [row] = await ask(database, BACKLOG, {});
      return { pending: Number(row?.[0]), dead: Number(row?.[1]) };
    },
    async forget(ageMs) {
      await ask(database, FORGET_DEAD, { age_ms: `${ageMs}` });
    },
  };
}

const named = ({ at, change }: Due) => ({ tenant: at.tenant, id: at.id, change: `${change.id}` });

const moved = ({ at, cursor }: Follower, upto: number) => ({
  tenant: at.tenant,
  id: at.id,
  cursor: `${cursor}`,
  upto: `${upto}`,
});

function followerOf([tenant, id, namespace, prefix, events, cursor]: Row): Follower {
  return {
    at: { tenant: tenant as Tenant, id: `${id}` },
    scope: {
      tenant: tenant as Tenant,
      namespace: (namespace ?? undefined) as NamespaceName | undefined,
      children: false,
      prefix: prefix ?? "",
    },
    events: JSON.parse(`${events}`) as Event[],
    cursor: Number(cursor),
  };
}

function dueOf(row: Row): Due {
  const { webhook, change, attempts, rest } = deliveryOf(row);
  const [url, secretVersion, previousSigns] = rest;
  return {
    at: { tenant: change.tenant, id: webhook },
    url: `${url}`,
    secretVersion: Number(secretVersion),
    previousSigns: previousSigns === "t",
    change,
    attempts,
  };
}
