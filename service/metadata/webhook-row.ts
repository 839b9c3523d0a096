import { type SQL, sql } from "drizzle-orm";
import type { NamespaceName, Tenant } from "../domain/namespace.ts";
import type { Event, Webhook } from "../domain/webhook.ts";
import type { Row } from "./database.ts";
import { instantFromDatabase } from "./instant.ts";
import { commaSeparated } from "./statement.ts";
import { webhookDeliveries } from "./tables/webhook-deliveries.ts";
import { webhooks } from "./tables/webhooks.ts";

const SHOWN = [
  webhooks.tenant,
  webhooks.id,
  webhooks.url,
  webhooks.namespace,
  webhooks.prefix,
  webhooks.events,
  webhooks.description,
  webhooks.enabled,
  webhooks.disabledBecause,
  webhooks.secretVersion,
  webhooks.previousUntil,
  webhooks.missedAt,
  webhooks.deliveredAt,
  webhooks.failedAt,
  webhooks.failure,
  webhooks.revision,
  webhooks.createdAt,
  webhooks.createdBy,
  webhooks.updatedAt,
  webhooks.updatedBy,
];

const countOf = (from: string, where: string): SQL =>
  sql`(SELECT count(*) FROM ${webhookDeliveries} d
    WHERE d.tenant = ${sql.identifier(from)}.tenant AND d.webhook = ${sql.identifier(from)}.id AND d.dead_since IS ${sql.raw(where)})`;

/** The columns that `webhookOf` reads. */
export const webhookColumnsOf = (from: string): SQL =>
  commaSeparated([
    ...SHOWN.map(({ name }) => sql`${sql.identifier(from)}.${sql.identifier(name)}`),
    countOf(from, "NULL"),
    countOf(from, "NOT NULL"),
  ]);

const instant = (text: string | null | undefined) => (text ? instantFromDatabase(text) : undefined);

export function webhookOf(row: Row): Webhook {
  const [tenant, id, url, namespace, prefix, events, description, enabled, disabledBecause, ...rest] = row;
  const [secretVersion, previousUntil, missedAt, deliveredAt, failedAt, failure, revision, ...last] = rest;
  const [createdAt, createdBy, updatedAt, updatedBy, pending, dead] = last;
  return {
    tenant: tenant as Tenant,
    id: `${id}`,
    url: `${url}`,
    namespace: (namespace ?? undefined) as NamespaceName | undefined,
    prefix: prefix ?? undefined,
    events: JSON.parse(`${events}`) as Event[],
    description: description ?? undefined,
    enabled: enabled === "t",
    disabledBecause: disabledBecause ?? undefined,
    secretVersion: Number(secretVersion),
    previousUntil: instant(previousUntil),
    missedAt: instant(missedAt),
    deliveredAt: instant(deliveredAt),
    failedAt: instant(failedAt),
    failure: failure ?? undefined,
    revision: Number(revision),
    createdAt: instantFromDatabase(`${createdAt}`),
    createdBy: `${createdBy}`,
    updatedAt: instantFromDatabase(`${updatedAt}`),
    updatedBy: `${updatedBy}`,
    pending: Number(pending),
    dead: Number(dead),
  };
}
