import { type SQL, sql } from "drizzle-orm";
import type { Change } from "../domain/change.ts";
import type { Door } from "../domain/entry.ts";
import type { Key } from "../domain/key.ts";
import type { NamespaceName, Tenant } from "../domain/namespace.ts";
import type { Event } from "../domain/webhook.ts";
import type { Row } from "./database.ts";
import { instantFromDatabase } from "./instant.ts";
import { commaSeparated } from "./statement.ts";
import { webhookDeliveries } from "./tables/webhook-deliveries.ts";

const SHOWN = [
  webhookDeliveries.tenant,
  webhookDeliveries.webhook,
  webhookDeliveries.change,
  webhookDeliveries.namespace,
  webhookDeliveries.key,
  webhookDeliveries.revision,
  webhookDeliveries.etag,
  webhookDeliveries.op,
  webhookDeliveries.by,
  webhookDeliveries.door,
  webhookDeliveries.at,
  webhookDeliveries.attempts,
];

/** The columns that `deliveryOf` reads, from the first on. */
export const deliveryColumnsOf = (from: string): SQL =>
  commaSeparated(SHOWN.map(({ name }) => sql`${sql.identifier(from)}.${sql.identifier(name)}`));

/** What every row about a delivery begins with, and what comes after it. */
export function deliveryOf(row: Row) {
  const [tenant, webhook, id, namespace, key, revision, etag, op, by, door, at, attempts] = row;
  const change: Change = {
    id: Number(id),
    tenant: tenant as Tenant,
    namespace: namespace as NamespaceName,
    key: key as Key,
    kind: op as Event,
    revision: Number(revision),
    etag: `${etag}`,
    by: `${by}`,
    door: door as Door,
    at: instantFromDatabase(`${at}`),
  };
  return { webhook: `${webhook}`, change, attempts: Number(attempts), rest: row.slice(SHOWN.length) };
}
