import { expect, it } from "vitest";
import { runCommand } from "../support/command.ts";

/** Makes the program wait for a folder that nobody will ever make. */
const NEVER_MADE = `
  import { promises } from "node:fs";
  import { syncBuiltinESMExports } from "node:module";
  promises.mkdir = () => new Promise(() => undefined);
  syncBuiltinESMExports();
`;

it("a program that waits for what cannot come any more says so, and does not end as if all were well", async () => {
  const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(NEVER_MADE)}`;
  const pair = { env: { NODE_OPTIONS }, flags: ["--data", "/nonexistent/nskv"] };
  const { code, stderr } = await runCommand(pair, "serve", "--port", "0");
  expect(code).toBe(13);
  expect(stderr).toContain("This is a defect of the program");
});
