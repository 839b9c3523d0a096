import { execFileSync } from "node:child_process";

/**
 * Whether tests that need a program of the machine must be left out; the reason has been printed then. With
 * NSKV_TEST_REQUIRE_ALL=1 it fails instead.
 * @param args make the command end at once
 */
export function commandMissing(command: string, args: readonly string[], name: string): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return false;
  } catch {
    const reason = `${name} is missing ('${command}' does not start).`;
    if (process.env["NSKV_TEST_REQUIRE_ALL"] === "1") throw new Error(reason);
    console.warn(`${reason} Tests that need it are left out.`);
    return true;
  }
}
