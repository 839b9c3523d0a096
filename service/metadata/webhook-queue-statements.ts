import { type SQL, sql } from "drizzle-orm";
import { given, sparing, statement } from "./statement.ts";
import { webhookDeliveries } from "./tables/webhook-deliveries.ts";
import { webhooks } from "./tables/webhooks.ts";
import { deliveryColumnsOf } from "./webhook-delivery-row.ts";

const millisecondsAfterNow = (name: string): SQL =>
  sql`clock_timestamp() + ${given(name, "float8")} * interval '1 millisecond'`;

/** Those that have much waiting are left: the log itself keeps what they have not been handed. */
export const FOLLOWERS = sparing(
  statement(
    "followers",
    sql`SELECT w.tenant, w.id, w.namespace, w.prefix, w.events, w.cursor FROM ${webhooks} w
  WHERE w.enabled AND ${given("pending_max", "bigint")} > (SELECT count(*) FROM (SELECT 1 FROM ${webhookDeliveries} d
    WHERE d.tenant = w.tenant AND d.webhook = w.id AND d.dead_since IS NULL LIMIT ${given("pending_max", "bigint")}) n)`,
  ),
);

const MOVED = sql`UPDATE ${webhooks} w SET cursor = ${given("upto", "bigint")}
  WHERE w.tenant = ${given("tenant", "text")} AND w.id = ${given("id", "uuid")}
    AND w.cursor = ${given("cursor", "bigint")} AND w.enabled`;

/** `changes` is a JSON list; where another dispatcher has moved the cursor, nothing is queued. */
export const HAND_OVER = statement(
  "hand over",
  sql`WITH moved AS (${MOVED} RETURNING w.tenant, w.id)
  INSERT INTO ${webhookDeliveries}
    (tenant, webhook, change, namespace, key, revision, etag, op, by, door, at, next_at)
  SELECT m.tenant, m.id, c.id, c.namespace, c.key, c.revision, c.etag, c.kind, c.by, c.door, c.at, clock_timestamp()
  FROM moved m, json_to_recordset(${given("changes", "text::json")}) AS c(id bigint, namespace text, key text,
    revision bigint, etag uuid, kind text, by text, door text, at timestamptz)`,
);

export const SKIP = statement(
  "skip",
  sql`WITH moved AS (${MOVED} RETURNING w.tenant, w.id)
  UPDATE ${webhooks} w SET missed_at = clock_timestamp() FROM moved m WHERE w.tenant = m.tenant AND w.id = m.id`,
);

export const TAKE_DELIVERIES = sparing(
  statement(
    "take deliveries",
    sql`WITH due AS (SELECT d.tenant, d.webhook, d.change FROM ${webhooks} w,
    LATERAL (SELECT * FROM ${webhookDeliveries} x WHERE x.tenant = w.tenant AND x.webhook = w.id
      AND x.dead_since IS NULL AND x.next_at <= statement_timestamp()
      ORDER BY x.next_at, x.change LIMIT ${given("each", "bigint")} FOR UPDATE SKIP LOCKED) d
    WHERE w.enabled AND w.id <> ALL (${given("busy", "uuid[]")})),
  taken AS (UPDATE ${webhookDeliveries} d SET next_at = ${millisecondsAfterNow("hold_ms")} FROM due
    WHERE d.tenant = due.tenant AND d.webhook = due.webhook AND d.change = due.change RETURNING d.*)
  SELECT ${deliveryColumnsOf("t")}, w.url, w.secret_version, coalesce(w.previous_until > clock_timestamp(), false)
  FROM taken t JOIN ${webhooks} w ON w.tenant = t.tenant AND w.id = t.webhook ORDER BY t.change`,
  ),
);

const THIS_DELIVERY = sql`d.tenant = ${given("tenant", "text")} AND d.webhook = ${given("id", "uuid")}
  AND d.change = ${given("change", "bigint")}`;
const THIS_WEBHOOK = sql`w.tenant = ${given("tenant", "text")} AND w.id = ${given("id", "uuid")}`;

export const DELIVERED = statement(
  "delivered",
  sql`WITH gone AS (DELETE FROM ${webhookDeliveries} d WHERE ${THIS_DELIVERY})
  UPDATE ${webhooks} w SET delivered_at = clock_timestamp() WHERE ${THIS_WEBHOOK}`,
);

/** `retry_ms` null: it is given up. */
export const FAILED = statement(
  "failed",
  sql`WITH later AS (UPDATE ${webhookDeliveries} d SET attempts = d.attempts + 1, failed_at = clock_timestamp(),
    failure = ${given("failure", "text")}, next_at = coalesce(${millisecondsAfterNow("retry_ms")}, d.next_at),
    dead_since = CASE WHEN ${given("retry_ms", "float8")} IS NULL THEN clock_timestamp() END WHERE ${THIS_DELIVERY})
  UPDATE ${webhooks} w SET failed_at = clock_timestamp(), failure = ${given("failure", "text")},
    enabled = w.enabled AND NOT ${given("disable", "boolean")},
    disabled_because = CASE WHEN ${given("disable", "boolean")} THEN ${given("failure", "text")} ELSE w.disabled_because END
  WHERE ${THIS_WEBHOOK}`,
);

const upTo = (where: string): SQL =>
  sql`(SELECT count(*) FROM (SELECT 1 FROM ${webhookDeliveries} d WHERE d.dead_since IS ${sql.raw(where)} LIMIT 100000) n)`;

/** Bounded, since whoever scrapes asks for it. */
export const BACKLOG = statement("webhook backlog", sql`SELECT ${upTo("NULL")}, ${upTo("NOT NULL")}`);

export const FORGET_DEAD = statement(
  "forget dead letters",
  sql`DELETE FROM ${webhookDeliveries} d
  WHERE d.dead_since < clock_timestamp() - ${given("age_ms", "float8")} * interval '1 millisecond'`,
);
