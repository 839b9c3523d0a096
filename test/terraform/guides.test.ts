import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onEmbeddedPair } from "../integration/pairs.ts";
import { BINARY, terraformMissing } from "../support/terraform.ts";
import { tooNewFor } from "../support/terraform-features.ts";
import { missingLines, type Step, stepsOf } from "./guide.ts";
import { inWorkspace } from "./on-pairs.ts";
import { must } from "./outcome.ts";
import { KESTRA, placeStandIn, stateFile } from "./stand-in.ts";

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
    const inShell = async (script: string, before: readonly Step[]): Promise<string> => {
      const env = { ...terraform().env, PATH: `${commands}${delimiter}${process.env["PATH"]}` };
      const text = (assignmentsIn(before) + script).replaceAll(NAMED, service().address);
      const options = { cwd: terraform().folder, env };
      const { stdout, stderr } = await run("bash", ["-euo", "pipefail", "-c", text], options).catch((failure) => {
        throw new Error(`exit code ${failure.code}\n${failure.stdout}\n${failure.stderr}`);
      });
      return stdout + stderr;
    };

    const follow = async ({ kind, text }: Step, before: readonly Step[], printed: string): Promise<string> => {
      if (kind === "sh") return inShell(text, before);
      if (kind === "terraform") {
        await terraform().write(text.replaceAll(NAMED, service().address));
        return inShell("terraform apply\nterraform plan -detailed-exitcode", before);
      }
      expect(missingLines(text, printed), printed).toEqual([]);
      return printed;
    };

    /** What the reader of that guide has already. */
    const beginWithKestras = async () => {
      const attributes = {
        namespace: "moving.data",
        key: "retries",
        type: "NUMBER",
        value: "3",
        description: "Per load",
      };
      const resource = { address: "kestra_kv.retries", version: 0, attributes: JSON.stringify(attributes) };
      await writeFile(join(terraform().folder, "terraform.tfstate"), stateFile(KESTRA, [resource]));
      await placeStandIn(terraform(), KESTRA);
      must(await terraform().init());
    };

    it.each(guides)("$name", async ({ name, steps }) => {
      expect(steps.filter(({ kind }) => kind === "terraform").length).toBeGreaterThan(0);
      await begin("");
      if (name === "moving-from-kestra-kv.md") await beginWithKestras();
      let printed = "";
      for (const [at, step] of steps.entries()) {
        const reason = step.kind === "terraform" ? tooNewFor(step.text) : jqMissingFor(step);
        if (reason !== undefined) {
          console.warn(`docs/guides/${name} is followed up to line ${step.line}: ${reason}.`);
          break;
        }
        printed = await follow(step, steps.slice(0, at), printed).catch((cause) => {
          throw new Error(`docs/guides/${name}, line ${step.line}: ${cause.message}`, { cause });
        });
      }
      // Not `destroy`: that reads what the configuration reads, and a guide may have deleted it.
      await terraform().write("");
      must(await terraform().apply());
    });
  });
});

/** Why a command cannot be run here; undefined when it can. */
function jqMissingFor({ kind, text }: Step): string | undefined {
  if (kind !== "sh" || !/\bjq\b/.test(text) || spawnSync("jq", ["--version"]).status === 0) return undefined;
  const reason = "jq is missing: https://jqlang.org/download";
  if (process.env["NSKV_TEST_REQUIRE_ALL"] === "1") throw new Error(reason);
  return reason;
}

/** The variables of the shell that former blocks have set. */
const assignmentsIn = (steps: readonly Step[]): string =>
  steps
    .filter(({ kind }) => kind === "sh")
    .flatMap(({ text }) => text.match(/^(?:export )?\w+=.+\n/gm) ?? [])
    .join("");
