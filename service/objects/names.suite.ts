import { beforeAll, expect, it } from "vitest";
import type { ObjectName } from "../domain/object.ts";
import type { Fixture } from "./objects.suite.ts";
import { freshName, inChunks, MIB, namesOf, never, pattern, textOf } from "./suite-bytes.ts";

export function names(get: () => Fixture): void {
  it.each([
    ["percent signs as they are", "main/a/_kv/caf%C3%A9%2Ftest-00/x.json"],
    ["what looks encoded twice", "main/a/_kv/%252E%25/x.json"],
    ["a plus and a blank, which queries confuse", "main/a/_kv/a+b c-00/x.json"],
    ["what encodeURIComponent leaves", "main/a/_kv/(it's)*!~-_.-00/x.json"],
    ["what separates in URLs", "main/a/_kv/&=?#@:;,$[]-00/x.json"],
    ["letters beyond ASCII", "main/a/_kv/é日本😀-00/x.json"],
    ["quotes and angle brackets, which XML minds", 'main/a/_kv/<"&amp;">-00/x.json'],
  ])("takes %s", async (_, name) => {
    const { objects } = get();
    const object = name as ObjectName;
    await objects.put(object, Buffer.from("here"), undefined, never);
    await objects.put(`${name}.2` as ObjectName, inChunks(pattern(8 * MIB + 1)), undefined, never);
    expect(await textOf(objects, object, 4)).toBe("here");
    expect(await namesOf(objects, name)).toEqual([name, `${name}.2`]);
    await objects.delete(object);
    expect(await namesOf(objects, name)).toEqual([`${name}.2`]);
  });

  it("takes the longest name there is: 255 bytes in a segment, 1,024 in all", async () => {
    const { objects } = get();
    const segment = "s".repeat(255);
    const object = [segment, segment, segment, "t".repeat(250), ".".padStart(5, "u")].join("/") as ObjectName;
    expect(Buffer.byteLength(object)).toBe(1_024);
    await objects.put(object, Buffer.from("here"), undefined, never);
    expect(await textOf(objects, object, 4)).toBe("here");
    expect(await namesOf(objects, segment)).toEqual([object]);
  });

  it.each([
    "../up",
    "a/../../up",
    "a//b",
    "/etc/passwd",
    "a/.",
    ".tmp/x",
    "",
    "a/",
    "a\\b",
    "a\u0000b",
    "s".repeat(256),
  ])("refuses %j as a name", async (name) => {
    const { objects } = get();
    const object = name as ObjectName;
    const attempts = [
      () => objects.put(object, Buffer.from("x"), undefined, never),
      () => objects.read({ object, offset: 0, length: 1 }, never),
      () => objects.stream({ object, offset: 0, length: 1 }, never),
      () => objects.delete(object),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow("Not an object's name");
  });

  it("tells where an object lies", () => {
    const object = freshName();
    expect(new URL(get().objects.uriOf(object)).href).toContain("/_kv/");
  });
}

export function deletes(get: () => Fixture): void {
  it("removes an object, and is content when it is gone or was never there", async () => {
    const { objects } = get();
    const object = freshName();
    await objects.put(object, Buffer.from("here"), undefined, never);
    await objects.delete(object);
    expect(await objects.read({ object, offset: 0, length: 4 }, never)).toBeUndefined();
    await objects.delete(object);
    await objects.delete(freshName("never there"));
    expect(await namesOf(objects, object)).toEqual([]);
  });

  it("takes turns with puts of the same key without losing one", async () => {
    const { objects } = get();
    for (let round = 0; round < 20; round += 1) {
      const folder = `main/turns/_kv/key-${round}`;
      const at = (i: number) => `${folder}/${i}.json` as ObjectName;
      await objects.put(at(0), Buffer.from("0"), undefined, never);
      await Promise.all([
        objects.delete(at(0)),
        ...[1, 2, 3].map((i) => objects.put(at(i), Buffer.from(`${i}`), undefined, never)),
      ]);
      expect(await namesOf(objects, folder)).toEqual([1, 2, 3].map(at));
    }
  });
}

export function lists(get: () => Fixture): void {
  const COUNT = 1_203;
  // In byte order: "-" before "." before "/" before digits, "Z" before "a".
  const SIBLINGS = ["list/a-b/1", "list/a.b/1", "list/a/1", "list/a/2", "list/a0/1", "list/aZ", "list/aa"];
  const numbered = Array.from({ length: COUNT }, (_, i) => `list/many/${i}`).sort();
  beforeAll(async () => {
    const { objects } = get();
    const all = [...SIBLINGS, ...numbered, "listed/1"].reverse();
    for (let i = 0; i < all.length; i += 32) {
      const batch = all.slice(i, i + 32) as ObjectName[];
      await Promise.all(batch.map((name) => objects.put(name, Buffer.from("x"), undefined, never)));
    }
  });

  it("names all that begins with the prefix, in byte order, across pages", async () => {
    const { objects } = get();
    expect(await namesOf(objects, "list/")).toEqual([...SIBLINGS, ...numbered]);
    expect(await namesOf(objects, "list/many/")).toEqual(numbered);
    expect(await namesOf(objects, "list")).toEqual([...SIBLINGS, ...numbered, "listed/1"]);
    expect(await namesOf(objects, "list/a.")).toEqual(["list/a.b/1"]);
    expect(await namesOf(objects, "nothing here/")).toEqual([]);
  });

  it.each([
    { after: "list/a/1", first: "list/a/2" },
    { after: "list/a/", first: "list/a/1" },
    { after: "list/a", first: "list/a-b/1" },
    { after: "list/a/9", first: "list/a0/1" },
    { after: "list/aa", first: numbered[0] },
    { after: "a", first: "list/a-b/1" },
    { after: "list/many/999", first: undefined },
    { after: "zzz", first: undefined },
  ])("goes on after $after", async ({ after, first }) => {
    const { objects } = get();
    const all = [...SIBLINGS, ...numbered];
    const rest = await namesOf(objects, "list/", after);
    expect(rest).toEqual(first === undefined ? [] : all.slice(all.indexOf(first)));
  });

  it("may be left in the middle", async () => {
    const { objects } = get();
    for await (const name of objects.list("list/")) {
      expect(name).toBe(SIBLINGS[0]);
      break;
    }
  });
}
