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
  const by = "anonymous";
  const exchange: Exchange | undefined = c.env?.outgoing;
  if (exchange) exchange.by = by;
  return { by, door: doorNamed(c.req.header("x-kv-door")), idempotencyKey };
}
