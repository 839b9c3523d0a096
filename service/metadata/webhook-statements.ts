import { type SQL, sql } from "drizzle-orm";
import { commaSeparated, given, statement } from "./statement.ts";
import { webhookDeliveries } from "./tables/webhook-deliveries.ts";
import { webhooks } from "./tables/webhooks.ts";
import { deliveryColumnsOf } from "./webhook-delivery-row.ts";
import { webhookColumnsOf } from "./webhook-row.ts";

/** Ids as text, since a caller may send anything. */
const THIS_ONE = sql`x.tenant = ${given("tenant", "text")} AND x.id::text = ${given("id", "text")}`;

const SETTINGS: readonly (readonly [column: { readonly name: string }, value: SQL])[] = [
  [webhooks.url, given("url", "text")],
  [webhooks.namespace, given("namespace", "text")],
  [webhooks.prefix, given("prefix", "text")],
  [webhooks.events, given("events", "text::jsonb")],
  [webhooks.description, given("description", "text")],
  [webhooks.enabled, given("enabled", "boolean")],
  [webhooks.updatedBy, given("by", "text")],
];
const COLUMNS = commaSeparated(SETTINGS.map(([{ name }]) => sql.identifier(name)));

/** The log's newest id: of what is under way when a webhook is made, it is told or not. */
const NOW_IN_THE_LOG = sql.raw(`(SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM changes_id)`);

export const CREATE_WEBHOOK = statement(
  "create webhook",
  sql`INSERT INTO ${webhooks} AS x (tenant, id, cursor, created_by, ${COLUMNS})
  SELECT ${given("tenant", "text")}, ${given("id", "uuid")}, ${NOW_IN_THE_LOG}, ${given("by", "text")},
    ${commaSeparated(SETTINGS.map(([, value]) => value))}
  ON CONFLICT (tenant, id) DO NOTHING RETURNING ${webhookColumnsOf("x")}`,
);

export const FIND_WEBHOOK = statement(
  "find webhook",
  sql`SELECT ${webhookColumnsOf("x")} FROM ${webhooks} x WHERE ${THIS_ONE}`,
);

export const LIST_WEBHOOKS = statement(
  "list webhooks",
  sql`SELECT ${webhookColumnsOf("x")} FROM ${webhooks} x WHERE x.tenant = ${given("tenant", "text")}
  ORDER BY x.created_at, x.id`,
);

const NEXT = sql.raw("revision = x.revision + 1, updated_at = clock_timestamp()");

/** Who enables it again has mended what the service disabled it for. */
export const CHANGE_WEBHOOK = statement(
  "change webhook",
  sql`UPDATE ${webhooks} AS x SET
    ${commaSeparated(SETTINGS.map(([{ name }, value]) => sql`${sql.identifier(name)} = ${value}`))}, ${NEXT},
    disabled_because = CASE WHEN ${given("enabled", "boolean")} THEN NULL ELSE x.disabled_because END
  WHERE ${THIS_ONE} AND x.revision = ${given("revision", "bigint")} RETURNING ${webhookColumnsOf("x")}`,
);

export const ROTATE_WEBHOOK = statement(
  "rotate webhook",
  sql`UPDATE ${webhooks} AS x SET secret_version = x.secret_version + 1, updated_by = ${given("by", "text")}, ${NEXT},
    previous_until = clock_timestamp() + ${given("overlap_ms", "float8")} * interval '1 millisecond'
  WHERE ${THIS_ONE} RETURNING ${webhookColumnsOf("x")}`,
);

export const REMOVE_WEBHOOK = statement("remove webhook", sql`DELETE FROM ${webhooks} x WHERE ${THIS_ONE} RETURNING 1`);

const OF_THIS_ONE = sql`d.tenant = ${given("tenant", "text")} AND d.webhook::text = ${given("id", "text")}`;

export const LIST_DELIVERIES = statement(
  "list deliveries",
  sql`SELECT ${deliveryColumnsOf("d")}, d.next_at, d.dead_since, d.failed_at, d.failure
  FROM ${webhookDeliveries} d WHERE ${OF_THIS_ONE} AND (d.dead_since IS NOT NULL) = ${given("dead", "boolean")}
    AND d.change > ${given("after", "bigint")} ORDER BY d.change LIMIT ${given("limit", "bigint")}`,
);

/** The attempts begin anew: somebody says that the receiver is well again. */
export const RETRY_DELIVERIES = statement(
  "retry deliveries",
  sql`WITH again AS (UPDATE ${webhookDeliveries} d SET dead_since = NULL, attempts = 0, next_at = clock_timestamp()
  WHERE ${OF_THIS_ONE} AND d.dead_since IS NOT NULL
    AND (${given("changes", "bigint[]")} IS NULL OR d.change = ANY (${given("changes", "bigint[]")})) RETURNING 1)
  SELECT count(*) FROM again`,
);
