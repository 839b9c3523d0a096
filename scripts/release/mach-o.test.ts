import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandMissing } from "../../test/support/command-missing.ts";
import { adHocSigned } from "./mach-o.ts";

const run = promisify(execFile);

describe.skipIf(commandMissing("go", ["version"], "Go"))("a program for macOS", () => {
  let folder: string;
  /** As Go's linker wrote and signed it. */
  let linked: Buffer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nskv-mach-o-"));
    await writeFile(join(folder, "go.mod"), "module hello\n");
    await writeFile(join(folder, "main.go"), "package main\n\nfunc main() {}\n");
    const env = { ...process.env, GOOS: "darwin", GOARCH: "arm64", CGO_ENABLED: "0" };
    await run("go", ["build", "-trimpath", "-o", "hello", "."], { cwd: folder, env });
    linked = await readFile(join(folder, "hello"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("is signed byte for byte as Go's linker signs it", () => {
    expect(adHocSigned(withoutSignature(linked), "a.out").equals(linked)).toBe(true);
  });

  it("is not signed twice", () => {
    expect(() => adHocSigned(linked, "a.out")).toThrow("The program is signed already.");
  });

  it("must be one", () => {
    expect(() => adHocSigned(Buffer.from("MZ, which is how those for Windows begin"), "a.out")).toThrow(
      "no 64-bit Mach-O",
    );
  });
});

/** Undoes what a linker does last: the load command, and the bytes at the end of the segment __LINKEDIT. */
function withoutSignature(signed: Buffer): Buffer {
  const commands = signed.readUInt32LE(16);
  const at = [32];
  for (let index = 0; index < commands; index++) at.push((at[index] ?? 0) + signed.readUInt32LE((at[index] ?? 0) + 4));
  const command = at.find((offset) => signed.readUInt32LE(offset) === 0x1d) ?? 0;
  const links = at.find((offset) => signed.toString("latin1", offset + 8, offset + 18) === "__LINKEDIT") ?? 0;
  const [start, size] = [signed.readUInt32LE(command + 8), signed.readUInt32LE(command + 12)];
  const bare = Buffer.from(signed.subarray(0, start));
  bare.fill(0, command, command + 16);
  bare.writeUInt32LE(commands - 1, 16);
  bare.writeUInt32LE(bare.readUInt32LE(20) - 16, 20);
  bare.writeBigUInt64LE(bare.readBigUInt64LE(links + 48) - BigInt(size), links + 48);
  return bare;
}
