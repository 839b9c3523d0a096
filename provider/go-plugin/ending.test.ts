import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { shutdown } from "../../test/support/go-plugin-client.ts";
import { useFixture } from "../../test/support/go-plugin-fixture.ts";

const SCHEMA = "/tfplugin6.Provider/GetProviderSchema";
const STDIO = "/plugin.GRPCStdio/StreamStdio";
const CLIENT = new URL("../../test/support/go-plugin-client.ts", import.meta.url).href;
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Far beyond what any of it takes, on a machine that is doing much else. */
const EVENTUALLY = { timeout: 50_000, interval: 20 };

const { startConnected, program, environment } = useFixture();

describe("a plugin ends, takes its socket away and tells the provider once", () => {
  it("when Terraform asks with Shutdown", async () => {
    const { plugin, handshake, connection } = await startConnected();
    expect(existsSync(handshake.address)).toBe(true);
    expect(await shutdown(plugin, connection)).toEqual({ code: 0, signal: null });
    expect(existsSync(handshake.address)).toBe(false);
    expect(plugin.stderr()).toBe("stopping\n");
  });

  it("when it is terminated", async () => {
    const { plugin, handshake, connection } = await startConnected();
    await connection.call(SCHEMA, {});
    plugin.process.kill("SIGTERM");
    expect(await plugin.exited).toEqual({ code: 143, signal: null });
    expect(existsSync(handshake.address)).toBe(false);
    expect(plugin.stderr()).toBe("stopping\n");
  });

  it("when Terraform's stdio stream breaks off", async () => {
    const { plugin, handshake, connection } = await startConnected();
    const stdio = connection.stream(STDIO);
    await connection.call(SCHEMA, {});
    stdio.cancel();
    expect(await plugin.exited).toEqual({ code: 0, signal: null });
    expect(existsSync(handshake.address)).toBe(false);
  });

  it("when its only caller, who never opened that stream, is gone", async () => {
    const { plugin, connection } = await startConnected();
    await connection.call(SCHEMA, {});
    connection.close();
    expect(await plugin.exited).toEqual({ code: 0, signal: null });
    expect(plugin.stderr()).toBe("stopping\n");
  });

  it("when Terraform is killed and can say nothing", async () => {
    const terraform = startTerraform();
    const [printed] = (await once(terraform.stdout, "data")) as [Buffer];
    const { pid, socket } = JSON.parse(`${printed}`) as { pid: number; socket: string };
    expect(isAlive(pid)).toBe(true);
    terraform.kill("SIGKILL");
    await once(terraform, "close");
    await expect.poll(() => isAlive(pid), EVENTUALLY).toBe(false);
    expect(existsSync(socket)).toBe(false);
  });
});

describe("a plugin goes on", () => {
  it("when Ctrl-C or a closing terminal reaches the whole group: Terraform will say what it wants", async () => {
    const { plugin, connection } = await startConnected();
    await connection.call(SCHEMA, {});
    for (const signal of ["SIGINT", "SIGHUP", "SIGINT"] as const) plugin.process.kill(signal);
    expect(await connection.call(SCHEMA, {})).toHaveProperty("provider");
    expect(await shutdown(plugin, connection)).toEqual({ code: 0, signal: null });
  });

  it("when its stdin ends, which is the terminal's and Terraform's", async () => {
    const { plugin, connection } = await startConnected();
    plugin.process.stdin?.end();
    await connection.call(SCHEMA, {});
    expect(await connection.call(SCHEMA, {})).toHaveProperty("provider");
  });
});

/** Another process that starts the plugin and keeps a connection and the stdio stream, as Terraform does. */
function startTerraform() {
  const script = `
    import { startAndConnect } from ${JSON.stringify(CLIENT)};
    const { plugin, handshake, connection } = await startAndConnect(${JSON.stringify(program())});
    connection.stream(${JSON.stringify(STDIO)});
    await connection.call(${JSON.stringify(SCHEMA)}, {});
    console.log(JSON.stringify({ pid: plugin.process.pid, socket: handshake.address }));
  `;
  const args = ["--import", "tsx", "--input-type=module", "--eval", script];
  return spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...environment() },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** An orphan that has ended stays a zombie until init reaps it, which takes some inits seconds and others for ever. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync("/proc") || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
