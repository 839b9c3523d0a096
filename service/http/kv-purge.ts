import type { Context, Hono } from "hono";
import { PurgeBody, type PurgeView } from "../../api/schema.ts";
import { Failure } from "../domain/fault.ts";
import { type Purged, purge } from "../domain/purge.ts";
import type { PurgeQuery } from "../domain/purge-store.ts";
import { unstorable } from "../domain/text.ts";
import { parseExpiresAt } from "../domain/ttl.ts";
import type { Stores } from "../domain/writes.ts";
import { authorOf } from "./author.ts";
import { envelopeBytes, jsonOrNothing } from "./body.ts";
import { refuseConditionsOfMany } from "./conditions.ts";
import type { Env } from "./env.ts";
import { scopeOf } from "./place.ts";

export const PROGRESS_MEDIA_TYPE = "application/x-ndjson";

/** Destroys keys with their history. Who accepts NDJSON gets a line after each page; the last one says `done`. */
export function purgeRoutes(app: Hono<Env>, stores: Stores): void {
  app.post("/namespaces/:namespace/kv:purge", async (c) => {
    refuseConditionsOfMany(c, "A kv:batch takes one for each delete.");
    const query = await purgeQuery(c);
    const progress = purge(stores, query, c.req.raw.signal);
    if (c.req.header("accept")?.includes(PROGRESS_MEDIA_TYPE)) {
      const first = await progress.next(); // what fails at once is still answered as a problem
      const body = ReadableStream.from(lines(first, progress, query.dryRun));
      return new Response(body as ConstructorParameters<typeof Response>[0], {
        headers: { "Content-Type": PROGRESS_MEDIA_TYPE },
      });
    }
    let last: Purged | undefined;
    for await (const so of progress) last = so;
    return Response.json(purgeView(last, query.dryRun, true));
  });
}

async function* lines(
  first: IteratorResult<Purged>,
  rest: AsyncGenerator<Purged>,
  dryRun: boolean,
): AsyncGenerator<Uint8Array> {
  let step = first;
  let last: Purged | undefined;
  while (!step.done) {
    last = step.value;
    yield line(purgeView(last, dryRun, false));
    step = await rest.next();
  }
  yield line(purgeView(last, dryRun, true));
}

const line = (view: PurgeView): Uint8Array => Buffer.from(`${JSON.stringify(view)}\n`);

const purgeView = (
  { keys, revisions, objects }: Purged = { keys: 0, revisions: 0, objects: 0 },
  dryRun: boolean,
  done: boolean,
): PurgeView => ({ keys, revisions, objects, dryRun, done });

async function purgeQuery(c: Context): Promise<PurgeQuery> {
  const scope = scopeOf(c);
  const { by, door } = authorOf(c);
  const parsed = PurgeBody.safeParse(jsonOrNothing(await envelopeBytes(c)));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: "It is not what a purge takes." };
    throw new Failure({ kind: "invalid", field: `${String(path[0] ?? "body")}`, reason: message });
  }
  const { expiredOnly = true, createdBefore, updatedBefore, prefix = "", dryRun = false } = parsed.data;
  const fault = unstorable(prefix);
  if (fault) throw new Failure({ kind: "invalid", field: "prefix", reason: `A prefix ${fault}.` });
  return {
    ...scope,
    expiredOnly,
    createdBefore: createdBefore === undefined ? undefined : parseExpiresAt(createdBefore, "createdBefore"),
    updatedBefore: updatedBefore === undefined ? undefined : parseExpiresAt(updatedBefore, "updatedBefore"),
    prefix: prefix || undefined,
    dryRun,
    by,
    door,
  };
}
