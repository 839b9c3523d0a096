import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { shutdown } from "../test/support/go-plugin-client.ts";
import { useFixture } from "../test/support/go-plugin-fixture.ts";

const { start, startConnected, folder } = useFixture();

/** One run as Terraform has it, and the cache's files behind it. */
async function run(cache: string) {
  const { plugin, connection } = await startConnected({ XDG_CACHE_HOME: join(folder(), cache) });
  await connection.call("/tfplugin6.Provider/GetProviderSchema", {});
  expect(await shutdown(plugin, connection)).toEqual({ code: 0, signal: null });
  return filesIn(cache);
}

function filesIn(cache: string): string[] {
  const place = join(folder(), cache, "namespace-kv", "provider");
  return readdirSync(place).map((name) => join(place, name));
}

describe("the launcher", () => {
  it("keeps the compiled code of the first run, and leaves it alone from then on", async () => {
    const [file = "", ...others] = await run("first");
    expect(others).toEqual([]);
    expect(file).toMatch(new RegExp(`/[0-9a-f]{64}-${process.version}-${process.arch}-[0-9a-f]+$`));
    expect(statSync(file).size).toBeGreaterThan(100_000);
    const { ino, mtimeMs } = statSync(file);
    expect(await run("first")).toEqual([file]);
    expect(statSync(file)).toMatchObject({ ino, mtimeMs });
  });

  it("starts with a damaged file as without any, and mends it", async () => {
    const [file = ""] = await run("damaged");
    const whole = readFileSync(file);
    // In the middle of the code, where V8 itself does not look before it runs it.
    writeFileSync(file, Buffer.from(whole).fill(0x55, whole.length >> 1, (whole.length >> 1) + 64));
    await run("damaged");
    expect(readFileSync(file).length).toBeGreaterThan(100_000);
    expect(await run("damaged")).toEqual([file]);
  });

  it("keeps nothing of a run that served nobody", async () => {
    const plugin = start({ XDG_CACHE_HOME: join(folder(), "idle") }, ["--version"]);
    expect(await plugin.exited).toEqual({ code: 0, signal: null });
    expect(filesIn("idle")).toEqual([]);
  });

  it("does without a cache where it can write nothing", async () => {
    const { plugin, connection } = await startConnected({ XDG_CACHE_HOME: "/dev/null" });
    expect(await shutdown(plugin, connection)).toEqual({ code: 0, signal: null });
    expect(plugin.stderr()).toBe("stopping\n");
  });
});
