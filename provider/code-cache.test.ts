import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cacheFolder, openCodeCache } from "./code-cache.ts";

const code = Buffer.from("compiled");
let base: string;
let folder: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "nskv-cache-"));
  folder = join(base, "deep", "er");
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(base, { recursive: true });
});

const keepIn = (where: string, name = "a") => openCodeCache(where, name)?.keep(code);
const read = (where = folder, name = "a") => openCodeCache(where, name)?.code?.toString();

describe("the code cache", () => {
  it("gives the next run what this one kept, under the same name only", () => {
    expect(openCodeCache(folder, "a")).toMatchObject({ code: undefined });
    keepIn(folder);
    expect(read()).toBe("compiled");
    expect(read(folder, "b")).toBeUndefined();
  });

  it("is closed to everyone else", () => {
    keepIn(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, "a")).mode & 0o777).toBe(0o600);
  });

  it("leaves no draft behind", () => {
    keepIn(folder);
    keepIn(folder);
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  it("forgets the oldest of more than eight", () => {
    for (let n = 1; n <= 8; n += 1) {
      keepIn(folder, `${n}`);
      utimesSync(join(folder, `${n}`), n, n === 3 ? 0 : n);
    }
    keepIn(folder, "9");
    expect(readdirSync(folder).sort()).toEqual(["1", "2", "4", "5", "6", "7", "8", "9"]);
  });
});

describe("V8 would crash on a damaged file, so it never gets one", () => {
  it.each([
    { when: "a byte was changed", damage: (bytes: Buffer) => bytes.fill(0, bytes.length - 1) },
    { when: "the end is missing", damage: (bytes: Buffer) => bytes.subarray(0, -1) },
    { when: "it is full of zeros", damage: (bytes: Buffer) => Buffer.alloc(bytes.length) },
    { when: "it is empty", damage: () => Buffer.alloc(0) },
  ])("when $when", ({ damage }) => {
    keepIn(folder);
    writeFileSync(join(folder, "a"), damage(readFileSync(join(folder, "a"))));
    expect(read()).toBeUndefined();
    keepIn(folder);
    expect(read()).toBe("compiled");
  });
});

describe("another user must not be able to plant code, so there is no cache", () => {
  it.each([{ mode: 0o770 }, { mode: 0o707 }, { mode: 0o710 }])("when the folder's mode is $mode", ({ mode }) => {
    keepIn(folder);
    chmodSync(folder, mode);
    expect(openCodeCache(folder, "a")).toBeUndefined();
  });

  it("when the folder is someone else's", () => {
    keepIn(folder);
    vi.spyOn(process, "geteuid").mockReturnValue((process.geteuid?.() ?? 0) + 1);
    expect(openCodeCache(folder, "a")).toBeUndefined();
  });

  it("when the folder is a link", () => {
    keepIn(folder);
    symlinkSync(folder, join(base, "link"));
    expect(openCodeCache(join(base, "link"), "a")).toBeUndefined();
  });

  it("when the file is a link, or others may write it", () => {
    keepIn(folder);
    renameSync(join(folder, "a"), join(folder, "b"));
    symlinkSync(join(folder, "b"), join(folder, "a"));
    expect(read()).toBeUndefined();
    expect(read(folder, "b")).toBe("compiled");
    chmodSync(join(folder, "b"), 0o620);
    expect(read(folder, "b")).toBeUndefined();
  });
});

describe("without a place to keep it", () => {
  it("does nothing when the folder cannot be made", () => {
    writeFileSync(join(base, "file"), "");
    expect(openCodeCache(join(base, "file", "cache"), "a")).toBeUndefined();
  });

  it("does nothing when the folder went away meanwhile", () => {
    const cache = openCodeCache(folder, "a");
    rmSync(folder, { recursive: true });
    cache?.keep(code);
    expect(existsSync(folder)).toBe(false);
    mkdirSync(folder, { mode: 0o700 });
    expect(read()).toBeUndefined();
  });
});

describe("the place", () => {
  it.each([
    { platform: "linux", env: {}, place: join(homedir(), ".cache") },
    { platform: "linux", env: { XDG_CACHE_HOME: "/x" }, place: "/x" },
    { platform: "linux", env: { XDG_CACHE_HOME: "relative" }, place: join(homedir(), ".cache") },
    { platform: "darwin", env: {}, place: join(homedir(), "Library", "Caches") },
    { platform: "win32", env: { LOCALAPPDATA: "/local" }, place: "/local" },
  ] as const)("on $platform with $env is $place", ({ platform, env, place }) => {
    expect(cacheFolder(env, platform)).toBe(join(place, "namespace-kv", "provider"));
  });
});
