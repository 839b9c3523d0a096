import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import type { ObjectName } from "../../service/domain/object.ts";
import { createPostgresDatabase } from "../../service/metadata/postgres-database.ts";
import { openS3, type S3Config } from "../../service/objects/s3.ts";
import { LISTED_KEYS, LISTED_NAMESPACE, VALUE } from "./requests.ts";
import { ROWS } from "./rows.ts";
import { startStopwatch } from "./stopwatch.ts";

/** What a bare store is made to do, with nothing of the service around it but the client that it uses. */
export type Store =
  | { readonly kind: "disk"; readonly folder: string }
  | { readonly kind: "s3"; readonly config: S3Config }
  | { readonly kind: "postgres"; readonly url: string };

export interface StoreTask {
  readonly store: Store;
  readonly connections: number;
  readonly warmMs: number;
  readonly ms: number;
}

const bytes = Buffer.from(VALUE);

/** One unit of work of each store: a small object that is there for good, or the rows of the list. */
async function workOf(store: Store): Promise<() => Promise<void>> {
  if (store.kind === "disk") return () => writeSyncRename(store.folder);
  if (store.kind === "postgres") {
    const database = createPostgresDatabase(store.url);
    const page = `${LISTED_KEYS + 1}`;
    const asked = { tenant: "main", namespace: LISTED_NAMESPACE, limit: page, offset: "0", depth: page };
    return async () => {
      const rows = await database.query(ROWS, asked);
      if (rows.length !== LISTED_KEYS) throw new Error(`Postgres answered ${rows.length} rows.`);
    };
  }
  const objects = await openS3(store.config);
  return async () => {
    const name = `main/bench/_kv/bare-${randomBytes(4).toString("hex")}/${randomUUID()}.json` as ObjectName;
    await objects.put(name, bytes, bytes.length, new AbortController().signal);
  };
}

/** What keeps a value over a power cut and costs least: the file synced, renamed, and its folder synced. */
async function writeSyncRename(folder: string): Promise<void> {
  const name = randomUUID();
  const file = await open(join(folder, `.${name}`), "wx");
  await file.writeFile(bytes);
  await file.sync();
  await file.close();
  await rename(join(folder, `.${name}`), join(folder, name));
  const held = await open(folder, "r");
  await held.sync();
  await held.close();
}

const [task] = (await once(process, "message")) as [StoreTask];
const work = await workOf(task.store);
const watch = startStopwatch(task, () => process.exit());
for (let one = 0; one < task.connections; one++) void drive();

async function drive(): Promise<void> {
  for (let goesOn = true; goesOn; ) {
    const startedAt = performance.now();
    await work();
    goesOn = watch.lap(startedAt, true);
  }
}
