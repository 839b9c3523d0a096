import { migrationsUrl, pgliteWorkerUrl } from "../../test/support/pglite.ts";
import { openPglite } from "./pglite.ts";
import { freshPlace, put, sibling } from "./suite-store.ts";

/*
 * A process that the test kills: writes without end, and prints each key whose write was acknowledged.
 */
const metadata = await openPglite({
  folder: process.argv[2] ?? "",
  migrations: migrationsUrl,
  workerUrl: pgliteWorkerUrl,
});
const at = freshPlace();

async function writeOn(lane: number): Promise<void> {
  for (let number = 0; ; number++) {
    const key = `${lane}-${number}`;
    const { verdict } = await metadata.commit(put(sibling(at, key)));
    process.stdout.write(`${JSON.stringify({ ...at, key, kind: verdict.kind })}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, lane) => writeOn(lane)));
