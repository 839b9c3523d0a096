import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listen } from "./listen.ts";

let folder: string;
let servers: Server[];
const server = (): Server => {
  const made = createServer();
  servers.push(made);
  return made;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nskv-listen-"));
  servers = [];
  // Vitest's worker threads may not set the mask; the spawned program's test looks at the socket's mode.
  vi.spyOn(process, "umask").mockReturnValue(0o022);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await Promise.all(servers.map((each) => new Promise((resolve) => each.close(resolve))));
  rmSync(folder, { recursive: true });
});

describe("on Unix", () => {
  it("takes the folder that PLUGIN_UNIX_SOCKET_DIR names, under a new name each time", async () => {
    const env = { PLUGIN_UNIX_SOCKET_DIR: folder };
    const [one, two] = [await listen(server(), env, "linux"), await listen(server(), env, "linux")];
    expect(one.network).toBe("unix");
    expect(dirname(one.address)).toBe(folder);
    expect(statSync(one.address).isSocket()).toBe(true);
    expect(two.address).not.toBe(one.address);
    expect(process.umask).toHaveBeenCalledWith(0o077);
  });

  it("takes the temporary folder, and /tmp when that is too deep for a socket", async () => {
    vi.stubEnv("TMPDIR", folder);
    expect(dirname((await listen(server(), {}, "linux")).address)).toBe(folder);
    vi.stubEnv("TMPDIR", join(folder, "x".repeat(100)));
    expect(dirname((await listen(server(), {}, "linux")).address)).toBe("/tmp");
  });

  it("fails when the folder does not exist", async () => {
    const env = { PLUGIN_UNIX_SOCKET_DIR: join(folder, "missing") };
    await expect(listen(server(), env, "linux")).rejects.toThrow(/listen/);
  });
});

describe("on Windows", () => {
  it("takes the first free port of the range", async () => {
    const taken = Number((await listen(server(), {}, "win32")).address.split(":")[1]);
    const env = { PLUGIN_MIN_PORT: `${taken}`, PLUGIN_MAX_PORT: `${taken + 50}` };
    const { network, address } = await listen(server(), env, "win32");
    expect(network).toBe("tcp");
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(Number(address.split(":")[1])).toBeGreaterThan(taken);
  });

  it("fails when the whole range is taken", async () => {
    const taken = (await listen(server(), {}, "win32")).address.split(":")[1];
    const env = { PLUGIN_MIN_PORT: taken, PLUGIN_MAX_PORT: taken };
    await expect(listen(server(), env, "win32")).rejects.toThrow("EADDRINUSE");
  });
});
