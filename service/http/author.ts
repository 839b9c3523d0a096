import type { Context } from "hono";
import { IDEMPOTENCY_KEY_LENGTH_MAX } from "../../api/limits.ts";
import { doorNamed } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import type { Exchange } from "../domain/telemetry.ts";
import type { Author } from "../domain/writes.ts";

/** Who writes. Without users and tokens that is the anonymous owner of a local store. */
export function authorOf(c: Context): Author {
  const idempotencyKey = c.req.header("idempotency-key");
  if (idempotencyKey !== undefined && (idempotencyKey === "" || idempotencyKey.length > IDEMPOTENCY_KEY_LENGTH_MAX))
    throw new Failure({
      kind: "malformed",
      field: "Idempotency-Key",
      reason: `It has 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} characters.`,
    });
  return anonymous(c.env?.outgoing, c.req.header("x-kv-door"), idempotencyKey);
}

/** The same of what was read already. The server's record of the exchange, where there is one, is told. */
export function anonymous(exchange: Exchange | undefined, door: unknown, idempotencyKey?: string): Author {
  const by = "anonymous";
  if (exchange) exchange.by = by;
  return { by, door: doorNamed(door), idempotencyKey };
}
