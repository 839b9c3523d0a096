import type { WebhookSettings } from "../domain/webhook.ts";
import type { Delivery, WebhookPlace, Webhooks } from "../domain/webhook-store.ts";
import { arrayLiteral } from "./array-literal.ts";
import { ask } from "./ask.ts";
import type { Database, Row } from "./database.ts";
import { instantFromDatabase } from "./instant.ts";
import type { Statement } from "./statement.ts";
import { deliveryOf } from "./webhook-delivery-row.ts";
import { webhookOf } from "./webhook-row.ts";
import {
  CHANGE_WEBHOOK,
  CREATE_WEBHOOK,
  FIND_WEBHOOK,
  LIST_DELIVERIES,
  LIST_WEBHOOKS,
  REMOVE_WEBHOOK,
  RETRY_DELIVERIES,
  ROTATE_WEBHOOK,
} from "./webhook-statements.ts";

const placed = ({ tenant, id }: WebhookPlace) => ({ tenant, id });

const said = (settings: WebhookSettings, by: string) => ({
  url: settings.url,
  namespace: settings.namespace ?? null,
  prefix: settings.prefix ?? null,
  events: JSON.stringify(settings.events),
  description: settings.description ?? null,
  enabled: `${settings.enabled}`,
  by,
});

export function createWebhooks(database: Database): Webhooks {
  const one = async (statement: Statement, parameters: Readonly<Record<string, string | null>>) => {
    const [row] = await ask(database, statement, parameters);
    return row && webhookOf(row);
  };
  const find = (at: WebhookPlace) => one(FIND_WEBHOOK, placed(at));
  return {
    find,
    async create(at, settings, by) {
      const made = (await one(CREATE_WEBHOOK, { ...placed(at), ...said(settings, by) })) ?? (await find(at));
      if (!made) throw new Error("A webhook was removed while it was made.");
      return made;
    },
    async list(tenant) {
      return (await ask(database, LIST_WEBHOOKS, { tenant })).map(webhookOf);
    },
    change: (at, revision, settings, by) =>
      one(CHANGE_WEBHOOK, { ...placed(at), ...said(settings, by), revision: `${revision}` }),
    rotate: (at, overlapMs, by) => one(ROTATE_WEBHOOK, { ...placed(at), overlap_ms: `${overlapMs}`, by }),
    async remove(at) {
      return (await ask(database, REMOVE_WEBHOOK, placed(at))).length > 0;
    },
    async deliveries({ dead, after, limit, ...at }) {
      const page = { ...placed(at), dead: `${dead}`, after: `${after}`, limit: `${limit}` };
      return (await ask(database, LIST_DELIVERIES, page)).map(listedDelivery);
    },
    async retry(at, changes) {
      const [row] = await ask(database, RETRY_DELIVERIES, {
        ...placed(at),
        changes: changes ? arrayLiteral(changes) : null,
      });
      return Number(row?.[0] ?? 0);
    },
  };
}

function listedDelivery(row: Row): Delivery {
  const { change, attempts, rest } = deliveryOf(row);
  const [nextAt, deadSince, failedAt, failure] = rest;
  const instant = (text: string | null | undefined) => (text ? instantFromDatabase(text) : undefined);
  return {
    change,
    attempts,
    nextAt: deadSince ? undefined : instant(nextAt),
    deadSince: instant(deadSince),
    failedAt: instant(failedAt),
    failure: failure ?? undefined,
  };
}
