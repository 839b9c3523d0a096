import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onEmbeddedPair } from "../integration/pairs.ts";
import { BINARY, terraformMissing } from "../support/terraform.ts";
import { tooNewFor } from "../support/terraform-features.ts";
import { missingLines, type Step, stepsOf } from "./guide.ts";
import { inWorkspace } from "./on-pairs.ts";
import { must, mustBeEmpty } from "./outcome.ts";

const run = promisify(execFile);

const GUIDES = new URL("../../docs/guides/", import.meta.url);
/** The address that guides name; the service of the test is elsewhere. */
const NAMED = "http://127.0.0.1:8080";

/** What nobody sits before has to be told. */
const UNATTENDED = {
  TF_CLI_ARGS_apply: "-auto-approve -input=false -no-color",
  TF_CLI_ARGS_destroy: "-auto-approve -input=false -no-color",
  TF_CLI_ARGS_plan: "-input=false -no-color",
  TF_CLI_ARGS_import: "-input=false -no-color",
};

const guides = await Promise.all(
  (await readdir(GUIDES))
    .sort()
    .map(async (name) => ({ name, steps: stepsOf(await readFile(new URL(name, GUIDES), "utf8")) })),
);

describe.skipIf(terraformMissing)("guides, followed to the letter", () => {
  onEmbeddedPair("Terraform", ({ service }) => {
    const { terraform, begin } = inWorkspace(() => service().address, UNATTENDED);
    let commands: string;

    beforeAll(async () => {
      commands = await mkdtemp(join(tmpdir(), "nskv-commands-"));
      const { stdout } = await run("sh", ["-c", `command -v "${BINARY}"`]);
      await symlink(stdout.trim(), join(commands, "terraform"));
    });
    afterAll(() => rm(commands, { recursive: true, force: true }));

    /** As in one shell for a whole guide, which stops at the first failure. */
    const inShell = async (script: string, assignments: string): Promise<string> => {
      const env = { ...terraform().env, PATH: `${commands}${delimiter}${process.env["PATH"]}` };
      const options = { cwd: terraform().folder, env };
      const { stdout, stderr } = await run("bash", ["-euo", "pipefail", "-c", assignments + script], options);
      return stdout + stderr;
    };

    const follow = async (step: Step, before: readonly Step[], printed: string): Promise<string> => {
      const here = (text: string) => text.replaceAll(NAMED, service().address);
      const text = here(step.text);
      if (step.kind === "sh") return inShell(text, here(assignmentsIn(before)));
      if (step.kind === "text") expect(missingLines(text, printed), printed).toEqual([]);
      else {
        await terraform().write(text);
        must(await terraform().apply());
        await mustBeEmpty(terraform());
      }
      return printed;
    };

    it.each(guides)("$name", async ({ name, steps }) => {
      expect(steps.filter(({ kind }) => kind === "terraform").length).toBeGreaterThan(0);
      await begin("");
      let printed = "";
      for (const [at, step] of steps.entries()) {
        const reason = step.kind === "terraform" ? tooNewFor(step.text) : undefined;
        if (reason !== undefined) {
          console.warn(`docs/guides/${name} is followed up to line ${step.line}: ${reason}.`);
          break;
        }
        printed = await follow(step, steps.slice(0, at), printed).catch((cause) => {
          throw new Error(`docs/guides/${name}, line ${step.line}: ${cause.message}`, { cause });
        });
      }
      must(await terraform().destroy());
    });
  });
});

/** The variables of the shell that former blocks have set. */
const assignmentsIn = (steps: readonly Step[]): string =>
  steps
    .filter(({ kind }) => kind === "sh")
    .flatMap(({ text }) => text.match(/^[A-Z]+=\S+\n/gm) ?? [])
    .join("");
