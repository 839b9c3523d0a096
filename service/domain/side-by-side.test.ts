import { expect, it } from "vitest";
import { byNameBytes, each, inPages, sideBySide } from "./side-by-side.ts";

async function* named(...names: string[]) {
  for (const name of names) yield { name };
}

const walked = async (lefts: string[], rights: string[]): Promise<string[]> => {
  const found: string[] = [];
  for await (const { name, left, right } of sideBySide(named(...lefts), named(...rights)))
    found.push(`${left ? "<" : " "}${name}${right ? ">" : " "}`);
  return found;
};

it.each([
  { lefts: [], rights: [], pairs: [] },
  { lefts: ["a"], rights: [], pairs: ["<a "] },
  { lefts: [], rights: ["a", "b"], pairs: [" a>", " b>"] },
  { lefts: ["a", "c"], rights: ["b", "c", "d"], pairs: ["<a ", " b>", "<c>", " d>"] },
  { lefts: ["a-b/x", "a/x"], rights: ["a/x"], pairs: ["<a-b/x ", "<a/x>"] },
  // As JavaScript sorts, the emoji would come first.
  { lefts: ["\uffee", "\u{1f600}"], rights: ["\u{1f600}"], pairs: ["<\uffee ", "<\u{1f600}>"] },
])("pairs $lefts with $rights", async ({ lefts, rights, pairs }) => {
  expect(await walked(lefts, rights)).toEqual(pairs);
});

it.each([
  { what: "not in order", lefts: ["b", "a"] },
  { what: "twice the same", lefts: ["a", "a"] },
])("fails when a stream is $what", async ({ lefts }) => {
  await expect(walked(lefts, [])).rejects.toThrow("not in the order of their bytes");
});

it("closes both streams when the reader stops early", async () => {
  const closed: string[] = [];
  async function* closing(name: string) {
    try {
      yield* named("a", "b", "c");
    } finally {
      closed.push(name);
    }
  }
  for await (const { name } of sideBySide(closing("left"), closing("right"))) if (name === "b") break;
  expect(closed.sort()).toEqual(["left", "right"]);
});

it("sorts as the bytes of UTF-8 do", () => {
  const names = ["a.b/1", "a/1", "a-b/1", "aa", "Z", "\u{1f600}", "\uffee", "é"];
  const bytes = (name: string) => Buffer.from(name).toString("hex");
  expect([...names].sort(byNameBytes)).toEqual([...names].sort((one, other) => (bytes(one) < bytes(other) ? -1 : 1)));
});

it("pages come in their size, the last with what is left", async () => {
  const pages: string[][] = [];
  for await (const page of inPages(named("a", "b", "c", "d", "e"), 2)) pages.push(page.map(({ name }) => name));
  expect(pages).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  const items: string[] = [];
  async function* all() {
    yield* pages;
  }
  for await (const item of each(all())) items.push(item);
  expect(items).toEqual(["a", "b", "c", "d", "e"]);
});
