import { setMaxListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { gatheringStore } from "../../provider/store/gathering-store.ts";
import { directStore, type FoundKey, type Store, type ValueWanted } from "../../provider/store/store.ts";
import { freshNamespace, kvAt } from "../support/kv.ts";
import { apiAt, byWorkers } from "../support/workers.ts";
import { onEachPair } from "./pairs.ts";

const signal = AbortSignal.timeout(300_000);
setMaxListeners(0, signal);

/** Keys that come out of a list in another order than JavaScript's, or that a path cannot carry. */
const ODD = ["a/b", "..", ".", "inheritance", "🦊", "\u{ffff}", "é", "e\u0301", 'quote"', " ", "%2F", "z\nz"];

const STORES: readonly { readonly store: string; readonly open: (api: ReturnType<typeof apiAt>) => Store }[] = [
  { store: "a request for each call", open: directStore },
  { store: "requests that are shared", open: gatheringStore },
];

onEachPair("the provider's store", ({ service }) => {
  describe.each(STORES)("with $store", ({ open }) => {
    const store = () => open(apiAt(service().address));
    const told = (found: FoundKey) => (found.state === "live" ? (found.value ?? found.entry.key) : found.state);

    it("finds keys whatever their names, expired and missing ones too, again and again", async () => {
      const namespace = freshNamespace();
      const at = kvAt(service().address, namespace);
      const { createKey, readKey } = store();
      await byWorkers(ODD, (key) =>
        createKey({ namespace, key }, { value: `"${ODD.indexOf(key)}.0"` }, `odd ${ODD.indexOf(key)}`, signal),
      );
      for (const key of ["gone", "swept"]) await at.put(key, "1", "?ttl=PT0.01S");
      for (const key of ["gone", "swept"])
        await expect.poll(async () => (await at.get(key, "?peek=true")).status).toBe(410);
      expect((await at.get("swept")).status).toBe(410);
      await at.put("deleted", "1");
      await at.delete("deleted");
      const keys = [...ODD, "gone", "swept", "deleted", "missing", "~~~"];
      const again = store();
      for (const wanted of ["always", "never", { unlessDigest: "another" }] satisfies ValueWanted[])
        for (const { readKey: read } of [{ readKey }, again]) {
          const found = await byWorkers(keys, (key) => read({ namespace, key }, wanted, signal));
          const states = keys.map((key) => found.get(key)?.state);
          expect(states).toEqual([...ODD.map(() => "live"), "expired", "expired", "missing", "missing", "missing"]);
          if (wanted === "never") continue;
          expect(ODD.map((key) => told(found.get(key) as FoundKey))).toEqual(ODD.map((_, n) => `"${n}.0"`));
        }
      expect((await at.get("gone", "?peek=true")).status).toBe(410); // still there: nothing deleted it
    });

    it("shows own writes, and keeps what others do for the next run or tells it", async () => {
      const namespace = freshNamespace();
      const { createKey, readKey, patchKey, deleteKey } = store();
      const keys = Array.from({ length: 30 }, (_, n) => `k${n}`);
      const read = (key: string) => readKey({ namespace, key }, "always", signal);
      await byWorkers(keys, (key) =>
        createKey({ namespace, key }, { value: "1.0", type: "NUMBER" }, `c ${key}`, signal),
      );
      const found = await byWorkers(keys, read);
      expect([...found.values()].every((one) => one.state === "live" && one.value === "1.0")).toBe(true);
      const etagOf = (key: string) => (found.get(key) as FoundKey & { state: "live" }).entry.etag;
      const patched = await patchKey({ namespace, key: "k1" }, { description: "d" }, etagOf("k1"), "p", signal);
      expect(await readKey({ namespace, key: "k1" }, { unlessDigest: patched.digest }, signal)).toMatchObject({
        entry: { revision: 2, description: "d" },
      });
      expect(await deleteKey({ namespace, key: "k2" }, etagOf("k2"), "d", signal)).toBe(true);
      expect(await read("k2")).toMatchObject({ state: "missing" });
      expect(await createKey({ namespace, key: "k2" }, { value: "2" }, "again", signal)).toMatchObject({ revision: 3 });
      expect(await read("k2")).toMatchObject({ state: "live", value: "2" });
    });

    it("gives each write its own verdict, with what stands there", async () => {
      const namespace = freshNamespace();
      const { createKey, deleteKey } = store();
      await kvAt(service().address, namespace).put("taken", "1");
      const create = (key: string, value = "1") =>
        createKey({ namespace, key }, { value, type: "NUMBER" }, `c ${encodeURIComponent(key)}`, signal).then(
          ({ revision }) => revision,
          (error: unknown) => error,
        );
      const [one, two, taken, bad, large] = await Promise.all([
        create("one"),
        create("two"),
        create("taken"),
        create("bad", '"text"'),
        create("large", "1".repeat(60_000)),
      ]);
      expect([one, two, large]).toEqual([1, 1, 1]);
      const name = "ProblemError";
      expect(taken).toMatchObject({ name, problem: { type: "/problems/already-exists", current: { revision: 1 } } });
      expect(bad).toMatchObject({ name, problem: { type: "/problems/invalid-value" } });
      expect(`${(taken as Error).message}`).toContain(`/namespaces/${namespace}/kv`);
      const removals = ["one", "two", "taken", "none"].map((key) =>
        deleteKey({ namespace, key }, "no-such-etag", `d ${key}`, signal).catch((error: unknown) => error),
      );
      const stale = { problem: { type: "/problems/stale", current: { revision: 1 } } };
      expect(await Promise.all(removals)).toMatchObject([stale, stale, stale, false]);
      const refused = createKey({ namespace: "a..b", key: "k" }, { value: "1" }, "n", signal);
      await expect(refused).rejects.toMatchObject({ problem: { field: "namespace" } });
    });
  });
});
