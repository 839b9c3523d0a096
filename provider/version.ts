/** Put in by scripts/build-provider.ts, from package.json. */
declare const NSKV_VERSION: string | undefined;

/** The version of the built provider; of one that runs from its sources, a version below all that were ever built. */
export const VERSION = typeof NSKV_VERSION === "string" ? NSKV_VERSION : "0.0.0";
