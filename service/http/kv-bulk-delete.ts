import type { Hono } from "hono";
import { BULK_DELETE_KEYS_MAX } from "../../api/limits.ts";
import { type Operation, runEach } from "../domain/batch.ts";
import { Failure } from "../domain/fault.ts";
import { parseKey } from "../domain/key.ts";
import { NOTHING_SAID, type Stores } from "../domain/writes.ts";
import { authorOf } from "./author.ts";
import { envelopeBytes } from "./body.ts";
import { refuseConditionsOfMany } from "./conditions.ts";
import type { Env } from "./env.ts";
import { objectMembers } from "./json-object.ts";
import { scopeOf } from "./place.ts";

/** Kestra's bulk delete: the keys in the body; the answer names those that were there. */
export function bulkDeleteRoutes(app: Hono<Env>, stores: Stores): void {
  app.delete("/namespaces/:namespace/kv", async (c) => {
    refuseConditionsOfMany(c, "A kv:batch takes one for each delete.");
    const [scope, author] = [scopeOf(c), authorOf(c)];
    const keys = [...new Set(keysIn(await envelopeBytes(c)).map(parseKey))];
    const operations = keys.map((key): Operation => {
      const request = { at: { ...scope, key }, only: { kind: "always" } as const, said: NOTHING_SAID, author };
      return { op: "delete", request };
    });
    const results = await runEach(stores, operations, c.req.raw.signal);
    const failed = results.find((result) => result.kind === "failed");
    if (failed) throw failed.error;
    const deleted = keys.filter((_, index) => {
      const result = results[index];
      return result?.kind === "deleted" && result.deleted;
    });
    return Response.json({ keys: deleted });
  });
}

/** Other members are ignored: Kestra's clients may send more. */
function keysIn(body: Uint8Array): readonly string[] {
  const bytes = objectMembers(body, ["keys"]).get("keys");
  const keys: unknown = bytes && JSON.parse(Buffer.from(bytes).toString());
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === "string"))
    throw new Failure({ kind: "invalid", field: "keys", reason: "It must be an array of keys." });
  if (keys.length > BULK_DELETE_KEYS_MAX)
    throw new Failure({
      kind: "invalid",
      field: "keys",
      reason: `There are at most ${BULK_DELETE_KEYS_MAX} keys, not ${keys.length}.`,
    });
  return keys;
}
