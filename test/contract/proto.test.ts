import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { compile, factsOf } from "./descriptors.ts";

const OURS = fileURLToPath(new URL("../../proto", import.meta.url));
const REQUIRED = process.env["NSKV_TEST_REQUIRE_ALL"] === "1";
const DOWNLOAD_MS_MAX = 300_000;

/**
 * The official definitions. Terraform's release is the one that counts: its `sum` is what Go's checksum database has,
 * so it does not matter who served it. The library for Go providers trails or leads by a few names; it is no reference.
 */
const OFFICIAL = [
  {
    module: "github.com/hashicorp/terraform@v1.15.0",
    sum: "h1:buWgdQ2nwC7PKwZEVlEE8zhsIku4SQZFBn0h83+s/1c=",
    files: ["docs/plugin-protocol/tfplugin6.proto"],
  },
  {
    module: "github.com/hashicorp/go-plugin@v1.8.0",
    sum: "h1:ie8S6RRY8RvB2usYZv+AAZ/wBvx2AU5p5QeP5j/FORs=",
    files: ["grpc_broker", "grpc_controller", "grpc_stdio"].map((name) => `internal/plugin/${name}.proto`),
  },
] as const;

describe("proto/ states what the official definitions state", () => {
  const folder = mkdtempSync(join(tmpdir(), "nskv-proto-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const ours = compile(OURS);

  it.for(OFFICIAL)("$module", { timeout: DOWNLOAD_MS_MAX }, ({ module, sum, files }, { skip }) => {
    const downloaded = download(module, folder);
    if ("problem" in downloaded && !REQUIRED) {
      const reason = `${module} is not compared: ${downloaded.problem}`;
      console.warn(reason);
      skip(reason);
    }
    expect(downloaded).toMatchObject({ sum });

    const theirs = join(folder, module.replaceAll("/", "_"));
    mkdirSync(theirs);
    for (const file of files) copyFileSync(join(downloaded.folder ?? "", file), join(theirs, nameOf(file)));
    const official = compile(theirs);
    expect([...official.keys()].sort()).toEqual(files.map(nameOf).sort());
    for (const [name, file] of official) expect(factsOfOurs(ours, name)).toEqual(factsOf(file));
  });
});

function factsOfOurs(ours: ReturnType<typeof compile>, name: string): readonly string[] {
  const file = ours.get(name);
  return file ? factsOf(file) : [`proto/ has no ${name}`];
}

interface Downloaded {
  readonly folder?: string;
  readonly sum?: string;
  readonly problem?: string;
}

/** Has Go fetch a module into its own cache, where a second run finds it without the network. */
function download(module: string, cwd: string): Downloaded {
  if (spawnSync("go", ["version"]).status !== 0) return { problem: "there is no Go here" };
  // The sums above replace the checksum database, and no newer Go is fetched to read a module's files.
  const env = { ...process.env, GOSUMDB: "off", GOTOOLCHAIN: "local", GOFLAGS: "", GOWORK: "off" };
  const { status, stdout, stderr } = spawnSync("go", ["mod", "download", "-json", module], {
    cwd,
    env,
    encoding: "utf8",
  });
  if (status !== 0) return { problem: `go mod download failed: ${stderr || stdout}` };
  const { Dir, Sum } = JSON.parse(stdout) as { Dir: string; Sum: string };
  return { folder: Dir, sum: Sum };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
