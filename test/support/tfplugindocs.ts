import { spawnSync } from "node:child_process";

/**
 * The registry's tool for pages of providers, from NSKV_TEST_TFPLUGINDOCS. Undefined, with the reason printed, when nobody
 * has built it; with NSKV_TEST_REQUIRE_ALL=1 that is an error.
 */
export function findTfplugindocs(): string | undefined {
  const binary = process.env["NSKV_TEST_TFPLUGINDOCS"];
  if (binary) {
    if (spawnSync(binary, ["--version"]).status === 0) return binary;
    throw new Error(`NSKV_TEST_TFPLUGINDOCS names ${binary}, which is no tfplugindocs.`);
  }
  const reason = "tfplugindocs is missing: set NSKV_TEST_TFPLUGINDOCS to what scripts/install-tfplugindocs.sh prints.";
  if (process.env["NSKV_TEST_REQUIRE_ALL"] === "1") throw new Error(reason);
  console.warn(`${reason} Tests with it are left out.`);
  return undefined;
}
