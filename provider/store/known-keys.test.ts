import { expect, it } from "vitest";
import { knownKeys } from "./known-keys.ts";
import type { Entry } from "./store.ts";

const readAt = new Date(0);
const entry = (key: string, revision: number) => ({ key, revision }) as Entry;
const live = (key: string, revision: number) =>
  ({ state: "live", entry: entry(key, revision), value: undefined, readAt }) as const;

it("what was heard of a key by its name counts more than a page, whichever came first", () => {
  const known = knownKeys();
  const page = { entries: [entry("a", 1), entry("b", 1)], next: "b", readAt };
  known.learn("a", live("a", 2));
  known.add(page);
  known.learn("b", live("b", 3));
  expect(["a", "b"].map(known.of)).toEqual([live("a", 2), live("b", 3)]);
});

it("a key that was forgotten is asked for by its name, wherever the pages are", () => {
  const known = knownKeys();
  known.add({ entries: [entry("a", 1)], next: "a", readAt });
  expect(["a", "z"].map(known.of)).toEqual([live("a", 1), "beyond"]);
  known.forget("a");
  known.forget("z");
  expect(["a", "z"].map(known.of)).toEqual(["unlisted", "unlisted"]);
});
