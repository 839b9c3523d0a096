import { describe, expect, it } from "vitest";
import type { LastChange } from "./entry.ts";
import { exportEntries } from "./export.ts";
import { Failure } from "./fault.ts";
import { countingStores, keyOf, piecesOf, SCOPE } from "./fixture-stores.ts";
import { importItems } from "./import.ts";
import type { Imported, ImportItem, ImportOptions, Incoming } from "./import-item.ts";
import { NOTHING_SAID, type Stores } from "./writes.ts";

const { signal } = new AbortController();
const QUERY = { ...SCOPE, prefix: undefined, contains: undefined, types: [], labels: {} };

const entry = (key: string, json: string, more: Partial<Incoming> = {}): Incoming => ({
  kind: "entry",
  line: 1,
  key: keyOf(key),
  value: Buffer.from(json),
  type: undefined,
  form: "json",
  said: NOTHING_SAID,
  ifMatch: undefined,
  ...more,
});
const flowing = (key: string, json: string) => entry(key, json, { value: piecesOf(Buffer.from(json)), type: "STRING" });

async function* each(items: readonly ImportItem[], failure?: Error): AsyncGenerator<ImportItem> {
  yield* items;
  if (failure) throw failure;
}

async function imported(
  stores: Stores,
  items: AsyncIterable<ImportItem>,
  more: Partial<ImportOptions> = {},
): Promise<Imported[]> {
  const author = { by: "tester", door: "http", idempotencyKey: undefined } as const;
  const options: ImportOptions = { scope: SCOPE, onConflict: "overwrite", dryRun: false, author, ...more };
  const all: Imported[] = [];
  for await (const chunk of importItems(stores, items, options, signal)) all.push(...chunk);
  return all;
}
const outcomes = (all: readonly Imported[]) => all.map(({ outcome }) => outcome);

const many = Array.from({ length: 10_000 }, (_, n) => entry(`k${`${n}`.padStart(5, "0")}`, `{"n":${n}}`));
const long = `"${"x".repeat(100_000)}"`;

describe("an import", () => {
  it("of 10,000 entries writes ten objects, and done again none", async () => {
    const stores = countingStores();
    await imported(stores, each(many));
    expect(stores.calls).toMatchObject({ find: 10_000, commit: 10_000, put: 10, read: 0 });
    expect(new Set(outcomes(await imported(stores, each(many))))).toEqual(new Set(["same"]));
    expect(stores.calls).toMatchObject({ commit: 10_000, put: 10, read: 0 });
  });

  it("of one key twice makes the later one win", async () => {
    const stores = countingStores();
    expect(outcomes(await imported(stores, each([entry("a", "1"), entry("a", "2"), entry("a", "2")])))).toEqual([
      "added",
      "changed",
      "same",
    ]);
    expect(stores.entries.get("a")).toMatchObject({ revision: 2, digest: { hex: "a2" } });
  });

  it("in a dry run writes nothing, large or small", async () => {
    const stores = countingStores();
    expect(outcomes(await imported(stores, each([entry("a", "1"), flowing("b", long)]), { dryRun: true }))).toEqual([
      "added",
      "added",
    ]);
    expect(stores.calls).toMatchObject({ commit: 0, put: 0 });
  });

  it("of a large value that is there already leaves no object behind", async () => {
    const stores = countingStores();
    expect(outcomes(await imported(stores, each([flowing("a", long)])))).toEqual(["added"]);
    expect(outcomes(await imported(stores, each([flowing("a", long)])))).toEqual(["same"]);
    expect(stores.texts.size).toBe(1);
    expect(stores.entries.get("a")?.revision).toBe(1);
    const other = each([flowing("a", long.replace("xxx", "yyy"))]);
    expect(outcomes(await imported(stores, other, { onConflict: "skip" }))).toEqual(["skipped"]);
    expect(stores.calls.put).toBe(2);
  });

  it("compares bytes where the digest was made with another key", async () => {
    const stores = countingStores();
    await imported(stores, each([entry("a", "1"), entry("b", "1")]));
    for (const key of ["a", "b"]) {
      const known = stores.entries.get(key);
      if (known) stores.entries.set(key, { ...known, digest: { hex: "0", keyId: "before" } });
    }
    const again = each([
      entry("a", "1", { form: "exact", type: "NUMBER" }),
      entry("b", "2", { form: "exact", type: "NUMBER" }),
    ]);
    expect(outcomes(await imported(stores, again))).toEqual(["same", "changed"]);
  });

  const current = { revision: 9 } as LastChange;
  it.each([
    { onConflict: "skip", outcome: "skipped" },
    { onConflict: "fail", outcome: "conflict" },
  ] as const)(
    "with $onConflict, a key that another writer makes meanwhile is $outcome",
    async ({ onConflict, outcome }) => {
      const stores = countingStores(({ only }) => (only.kind === "absent" ? { kind: "exists", current } : undefined));
      expect(await imported(stores, each([entry("a", "1")]), { onConflict })).toMatchObject([{ outcome }]);
      expect(stores.texts.size).toBe(0);
    },
  );

  it("counts an end that is over by the database's clock", async () => {
    const stores = countingStores(() => ({ kind: "past" }));
    expect(outcomes(await imported(stores, each([entry("a", "1"), flowing("b", long)])))).toEqual([
      "expired",
      "expired",
    ]);
    expect(stores.texts.size).toBe(0);
  });

  it("does what came before the upload broke, and passes the failure on", async () => {
    const stores = countingStores();
    const failure = new Failure({ kind: "upload_incomplete" });
    await expect(imported(stores, each([entry("a", "1")], failure))).rejects.toBe(failure);
    expect(stores.entries.has("a")).toBe(true);
  });

  it("ends where a store does not answer, and where a flowing value breaks off", async () => {
    const down = countingStores(() => {
      throw new Failure({ kind: "unavailable", reason: "on purpose" });
    });
    await expect(imported(down, each([entry("a", "1")]))).rejects.toMatchObject({ fault: { kind: "unavailable" } });
    const broken = entry("a", "", { value: brokenOff(), type: "STRING" });
    await expect(imported(countingStores(), each([broken]))).rejects.toMatchObject({
      fault: { kind: "upload_incomplete" },
    });
  });

  it("a flowing value that is no JSON fails alone", async () => {
    const bad = entry("a", "", { value: piecesOf(Buffer.from(`[${"1,".repeat(50_000)}]`)), type: "JSON" });
    expect(outcomes(await imported(countingStores(), each([bad, entry("b", "1")])))).toEqual(["failed", "added"]);
  });
});

async function* brokenOff(): AsyncGenerator<Uint8Array> {
  yield Buffer.from(long.slice(0, 80_000));
  throw new Failure({ kind: "upload_incomplete" });
}

describe("an export", () => {
  const keysOf = async (stores: Stores) => {
    const keys: string[] = [];
    for await (const { entry: shown, value } of exportEntries(stores, QUERY, signal))
      keys.push(`${shown.key}=${value instanceof Uint8Array ? Buffer.from(value).toString() : "flows"}`);
    return keys;
  };

  it("of 10,000 entries that came together reads ten times, in the order of keys", async () => {
    const stores = countingStores();
    await imported(stores, each(many));
    const shown = await keysOf(stores);
    expect(shown).toEqual(many.map(({ key, value }) => `${key}=${value}`));
    expect(stores.calls).toMatchObject({ list: 10, read: 10, stream: 0 });
  });

  it("opens a large value only when its turn has come", async () => {
    const stores = countingStores();
    await imported(stores, each([entry("a", "1"), flowing("b", long), entry("c", "3")]));
    expect(await keysOf(stores)).toEqual(["a=1", "b=flows", "c=3"]);
    expect(stores.calls.stream).toBe(0);
  });

  it("shows the newer value of a key whose object went away, and leaves out a key that did", async () => {
    const stores = countingStores();
    await imported(stores, each([entry("a", "1"), entry("b", "2"), entry("c", "3")]));
    const list = stores.metadata.list.bind(stores.metadata);
    const racing = {
      ...stores,
      metadata: {
        ...stores.metadata,
        list: async (query: Parameters<typeof list>[0]) => {
          const page = await list(query);
          stores.texts.clear();
          await imported(stores, each([entry("a", "10"), entry("c", "30")]));
          stores.entries.delete("b");
          return page;
        },
      },
    };
    expect(await keysOf(racing)).toEqual(["a=10", "c=30"]);
  });
});
