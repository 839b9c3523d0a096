import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PAIRS, type RunningService, type StoragePair, startService } from "../support/service.ts";

/** Of each operation; more find more. NSKV_TEST_FUZZ_EXAMPLES=1000 is a good night. */
const EXAMPLES = Number(process.env["NSKV_TEST_FUZZ_EXAMPLES"] || 25);
/** The same seed makes the same requests. */
const SEED = Number(process.env["NSKV_TEST_SEED"] || 4);
/** For an example more of each operation on a loaded machine, and for all that comes before the first. */
const MS_PER_EXAMPLE = 3_000;
const MS_BEFORE = 240_000;

const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
];

const schemathesis = findSchemathesis();

describe.skipIf(!schemathesis).each(PAIRS.filter(({ skip }) => !skip))(
  "fuzzed from its own OpenAPI document, $pair",
  ({ open }) => {
    let storage: StoragePair;
    let service: RunningService;
    beforeAll(async () => {
      storage = await open();
      service = await startService(storage);
    });
    afterAll(async () => {
      await service?.stop();
      await storage?.drop();
    });

    it(
      `no request meets a defect, and every answer is what the document says (seed ${SEED})`,
      async () => {
        console.log(`schemathesis: seed ${SEED}, ${EXAMPLES} examples; NSKV_TEST_SEED=${SEED} repeats them.`);
        const report = await fuzz(service.address);
        expect(report).toMatch(/Tested: [1-9]\d/);
        expect(report).toMatch(/API Links: +[1-9]\d* covered/);
        expect(report).toContain("No issues found");
        expect(service.log()).not.toMatch(/"level":(50|60)/);
      },
      MS_BEFORE + EXAMPLES * MS_PER_EXAMPLE,
    );
  },
);

/** What schemathesis printed. */
async function fuzz(address: string): Promise<string> {
  const endless = await endlessOperations(address);
  const args = [
    ...["--config-file", fileURLToPath(new URL("fuzz.toml", import.meta.url)), "--no-color"],
    ...[
      "run",
      `${address}/openapi.json`,
      "--checks",
      CHECKS.join(","),
      "--phases",
      "examples,coverage,fuzzing,stateful",
    ],
    ...["--seed", `${SEED}`, "--max-examples", `${EXAMPLES}`, "--continue-on-failure", "--request-timeout", "30"],
    // Its memory of former runs and its opinion of how fast data is made do not belong into a test.
    ...["--generation-database", "none", "--suppress-health-check", "all", "--warnings", "off"],
    ...endless.flatMap((id) => ["--exclude-operation-id", id]),
  ];
  // A folder of its own, in which it keeps what it would else repeat the next time.
  const cwd = await mkdtemp(join(tmpdir(), "nskv-fuzz-"));
  const ran = outputOf(spawn(schemathesis ?? "", args, { cwd, stdio: ["ignore", "pipe", "pipe"] }));
  return ran.finally(() => rm(cwd, { recursive: true, force: true }));
}

/** A stream of events has no end to wait for: what the document says of such an operation is tested beside it. */
async function endlessOperations(address: string): Promise<readonly string[]> {
  const { paths } = (await (await fetch(`${address}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { operationId?: string; responses?: object }>>;
  };
  return Object.values(paths)
    .flatMap((path) => Object.values(path))
    .filter(({ responses }) => JSON.stringify(responses ?? {}).includes('"text/event-stream"'))
    .flatMap(({ operationId }) => operationId ?? []);
}

function outputOf(child: ChildProcess): Promise<string> {
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve(output));
  });
}

/** The pinned one, as scripts/install-schemathesis.sh puts it. Undefined, with the reason printed, when it is not there. */
function findSchemathesis(): string | undefined {
  const version = readFileSync(new URL("../../.ci/schemathesis.version", import.meta.url), "utf8").trim();
  const caches =
    process.env["NSKV_CACHE"] ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "namespace-kv");
  const program = process.env["NSKV_TEST_SCHEMATHESIS"] ?? join(caches, `schemathesis-${version}`, "bin/schemathesis");
  try {
    accessSync(program, constants.X_OK);
    return program;
  } catch {
    const reason = `There is no ${program}: run scripts/install-schemathesis.sh.`;
    if (process.env["NSKV_TEST_REQUIRE_ALL"] === "1") throw new Error(reason);
    console.warn(`${reason} The service is not fuzzed.`);
    return undefined;
  }
}
