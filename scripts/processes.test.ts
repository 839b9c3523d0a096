import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { Interrupted, type Processes, withProcesses } from "./processes.ts";

const node = (processes: Processes, program: string) => processes.run(process.execPath, ["-e", program]);

it("a command's exit code, stdout and whole output are told", async () => {
  await withProcesses(async (processes) => {
    const ran = await node(processes, "console.log('out'); console.error('err'); process.exitCode = 3");
    expect(ran.exitCode).toBe(3);
    expect(ran.stdout).toBe("out\n");
    expect(ran.output.split("\n").sort()).toEqual(["", "err", "out"]);
  });
});

it("a command that is not there fails with ENOENT", async () => {
  await withProcesses(async ({ run }) => {
    // A folder in the user's own PATH that may not be read would make it EACCES.
    const env = { PATH: import.meta.dirname };
    await expect(run("there-is-no-such-command", [], { env })).rejects.toMatchObject({ code: "ENOENT" });
  });
});

it("what still runs when the story fails is ended, and the failure is passed on", async () => {
  let ended: Promise<unknown> = Promise.resolve();
  const story = withProcesses(async (processes) => {
    ended = node(processes, "setInterval(() => {}, 1000)");
    throw new Error("broken on purpose");
  });
  await expect(story).rejects.toThrow("broken on purpose");
  expect(await ended).toMatchObject({ exitCode: null });
});

it("Ctrl-C reaches the command, which ends in its own way, and nothing is started after it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nskv-processes-"));
  const [up, asked] = [join(folder, "up"), join(folder, "asked")];
  const program = `const { writeFileSync } = require("node:fs");
    process.once("SIGINT", () => { writeFileSync(${JSON.stringify(asked)}, "yes"); process.exit(); });
    writeFileSync(${JSON.stringify(up)}, "");
    setInterval(() => {}, 1000);`;
  try {
    const story = withProcesses(async (processes) => {
      const running = node(processes, program);
      await vi.waitFor(() => access(up), { timeout: 30_000 });
      process.emit("SIGINT");
      await expect(running).rejects.toThrow(Interrupted);
      await node(processes, "");
    });
    await expect(story).rejects.toThrow(Interrupted);
    expect(await readFile(asked, "utf8")).toBe("yes");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
