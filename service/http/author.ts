import type { Context } from "hono";
import { IDEMPOTENCY_KEY_LENGTH_MAX } from "../../api/limits.ts";
import { DOORS, type Door } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
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
  return { by: "anonymous", door: doorOf(c.req.header("x-kv-door")), idempotencyKey };
}

/** A client of ours says which door it is; everybody else came by HTTP. The sweep never comes from outside. */
const doorOf = (name: string | undefined): Door => DOORS.find((door) => door === name && door !== "sweep") ?? "http";
