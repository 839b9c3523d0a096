import { describe, expect, it } from "vitest";
import type { ScanQuery } from "../domain/history-store.ts";
import {
  expire,
  freshPlace,
  letExpire,
  look,
  put,
  remove,
  type SuiteStore,
  sibling,
  whereOf,
  written,
} from "./suite-store.ts";

/** All revisions of a namespace, as an export with history reads them. */
export function describeScan(name: string, store: () => SuiteStore): void {
  describe(`${name}: a scan of revisions`, () => {
    it.each([1, 2, 3, 100])("goes through keys and revisions in order, in pages of %i", (limit) =>
      scans(store(), limit),
    );
    it("begins at a prefix and ends with it, by code points", () => keepsToPrefix(store()));
    it("tells what has expired, removed or not", () => tellsExpired(store()));
  });
}

async function scanned({ metadata }: SuiteStore, query: Omit<ScanQuery, "after">) {
  const all: string[] = [];
  let after: ScanQuery["after"];
  for (;;) {
    const page = await metadata.history.scan({ ...query, after });
    all.push(
      ...page.map(
        ({ key, revision, action, slice, expired }) => `${key} ${revision} ${action} ${Boolean(slice)} ${expired}`,
      ),
    );
    const last = page.at(-1);
    if (!last) return all;
    after = { key: last.key, revision: last.revision };
  }
}

async function scans(store: SuiteStore, limit: number): Promise<void> {
  const at = freshPlace("b");
  for (const key of ["b", "B", "b", "a"]) await written(store, put(sibling(at, key)));
  await written(store, remove(sibling(at, "a")));
  await written(store, put(freshPlace("other")));
  expect(await scanned(store, { ...at, prefix: undefined, limit })).toEqual([
    "B 1 put true false",
    "a 1 put true false",
    "a 2 delete false false",
    "b 1 put true false",
    "b 2 put true false",
  ]);
}

async function keepsToPrefix(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  for (const key of ["a", "a/", "a/\u{10ffff}", "a/x", "a0", "b"]) await written(store, put(sibling(at, key)));
  const keys = (await scanned(store, { ...at, prefix: "a/", limit: 2 })).map((line) => line.split(" ")[0]);
  expect(keys).toEqual(["a/", "a/x", "a/\u{10ffff}"]);
}

async function tellsExpired(store: SuiteStore): Promise<void> {
  const at = freshPlace("left");
  for (const key of ["left", "removed", "lives"])
    await written(store, put(sibling(at, key), { lifetime: { kind: "for", ttl: "PT1H" } }));
  for (const place of [at, sibling(at, "removed")]) {
    await letExpire(store, place);
    const past = "expires_at = clock_timestamp() - interval '1 second'";
    await look(store, `UPDATE revisions SET ${past} WHERE ${whereOf(place)} RETURNING 1`);
  }
  await written(store, expire(sibling(at, "removed")));
  expect(await scanned(store, { ...at, prefix: undefined, limit: 10 })).toEqual([
    "left 1 put true true",
    "lives 1 put true false",
    "removed 1 put true true",
    "removed 2 expire false true",
  ]);
}
