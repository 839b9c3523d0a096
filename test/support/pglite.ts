import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

/** What `require` finds is the CommonJS twin, which cannot register itself from a module. */
const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx/esm/api")).href.replace(/\.cjs$/, ".mjs");
const WORKER = new URL("../../service/metadata/pglite-worker.ts", import.meta.url).href;

/**
 * The embedded database's worker as source, for `openPglite`. In a worker of Node 20 `--import tsx` does not reach
 * the worker's own file, hence a first module that loads tsx and then the worker.
 */
export const pgliteWorkerUrl = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { register } from "${TSX}";
    register();
    await import("${WORKER}");`)}`,
);

export const migrationsUrl = new URL("../../service/metadata/migrations/", import.meta.url);
