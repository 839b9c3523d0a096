import { cachedDataVersionTag } from "node:v8";
import { Script } from "node:vm";
import { cacheFolder, openCodeCache } from "./code-cache.ts";

/** The provider's program as text, a function of CommonJS's `require`, and the SHA-256 of that text in hex. */
declare const BUNDLE: string;
declare const BUNDLE_DIGEST: string;

/**
 * Runs the bundled provider with the code that V8 compiled for it in an earlier run.
 *
 * Terraform starts the provider four times in one apply, and compiling is 20 of the 70 ms of CPU that each start takes
 * without this. V8 accepts its own code only from the same version and flags (the tag), and knows the source by its
 * length alone (hence the digest).
 */
const name = [BUNDLE_DIGEST, process.version, process.arch, cachedDataVersionTag().toString(16)].join("-");
const cache = openCodeCache(cacheFolder(process.env), name);
const script = new Script(BUNDLE, { filename: __filename, ...(cache?.code && { cachedData: cache.code }) });

// Kept at the end of a run that served, when the functions that a run needs have been compiled too. Started with an
// argument or without Terraform's cookie (exit code 1) the program has done nothing worth keeping.
if (cache && (!cache.code || script.cachedDataRejected) && process.argv.length === 2) {
  process.once("exit", (code) => {
    if (code === 0) cache.keep(script.createCachedData());
  });
}

script.runInThisContext()(require);
