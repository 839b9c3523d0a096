import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kestraJs } from "../support/kestra-js.ts";
import type { KestraSdk } from "../support/kestra-sdks.ts";
import { findKestrapy, type Kestrapy, kestrapyAt } from "../support/kestrapy.ts";
import { freshNamespace, kvAt } from "../support/kv.ts";
import { onEachPair } from "./pairs.ts";

const python = findKestrapy();

const VALUES = [
  ["5", "NUMBER", 5],
  ["1.50", "NUMBER", 1.5],
  ["true", "BOOLEAN", true],
  ['"quoted"', "STRING", "quoted"],
  ["plain text, é 🙂", "STRING", "plain text, é 🙂"],
  ['{"a":[1.5,null,{"b":"c"}]}', "JSON", { a: [1.5, null, { b: "c" }] }],
  ['["a",2]', "JSON", ["a", 2]],
  ["2021-09-01", "DATE", "2021-09-01"],
  ["2021-09-01T01:02:03Z", "DATETIME", "2021-09-01T01:02:03Z"],
  ["P1DT6H30M", "DURATION", "PT30H30M"],
] as const;

onEachPair("Kestra's SDKs", ({ service }) => {
  describe("npm's @kestra-io/kestra-sdk", () => drives(() => kestraJs(service().address)));

  describe.skipIf(!python)("PyPI's kestrapy", () => {
    const open = () => kestrapyAt(python ?? "", service().address);
    drives(open);
    listsAll(open);
  });

  function drives(open: () => KestraSdk): void {
    let sdk: KestraSdk;
    beforeAll(() => {
      sdk = open();
    });
    afterAll(() => sdk.close());

    it("sets and gets values of every type", async () => {
      const namespace = freshNamespace();
      for (const [body, type, value] of VALUES) {
        await sdk.set(namespace, "k", body);
        expect(await sdk.get(namespace, "k")).toMatchObject({ type, value });
      }
    });

    it("lists, deletes one and deletes many", async () => {
      const namespace = freshNamespace();
      const keys = ["a", "a b/c", "é"];
      for (const key of keys) await sdk.set(namespace, key, "1");
      expect((await sdk.list(namespace)).map(({ key }) => key)).toEqual(keys);
      expect(await sdk.delete(namespace, "a")).toBe(true);
      expect(await sdk.delete(namespace, "a")).toBe(false);
      const { keys: deleted } = await sdk.deleteMany(namespace, ["a b/c", "é", "never there"]);
      expect([...deleted].sort()).toEqual(["a b/c", "é"]);
      expect(await sdk.list(namespace)).toEqual([]);
    });

    it("is told of what is missing and of what has expired", async () => {
      const namespace = freshNamespace();
      const missing = `Not Found: No value found for key 'k' in namespace '${namespace}'`;
      await expect(sdk.get(namespace, "k")).rejects.toMatchObject({
        status: 404,
        body: expect.stringContaining(missing),
      });
      const at = kvAt(service().address, namespace);
      await at.put("k", "1", "?ttl=PT0.01S");
      await expect.poll(async () => (await at.get("k", "?peek=true")).status).toBe(410);
      await expect(sdk.get(namespace, "k")).rejects.toMatchObject({
        status: 410,
        body: expect.stringContaining("expired at"),
      });
    });

    it("creates, reads, updates and deletes namespaces", async () => {
      const id = freshNamespace();
      const made = { id, deleted: false, description: "made", variables: { group: { n: 1 } } };
      expect(await sdk.createNamespace(made)).toMatchObject(made);
      expect(await sdk.namespace(id)).toMatchObject(made);
      await expect(sdk.createNamespace(made)).rejects.toMatchObject({ status: 409 });
      expect(await sdk.updateNamespace(id, { ...made, description: "updated" })).toMatchObject({
        description: "updated",
      });
      expect(await sdk.namespace(id)).toMatchObject({ ...made, description: "updated" });
      await sdk.deleteNamespace(id);
      await expect(sdk.namespace(id)).rejects.toMatchObject({ status: 404 });
    });

    it("searches namespaces and completes their names", async () => {
      const root = `${freshNamespace()}x`;
      for (const name of ["c", "a", "b"]) await sdk.createNamespace({ id: `${root}.${name}`, deleted: false });
      const { results, total } = await sdk.search(`${root}.`, 1, 2);
      expect([results.map(({ id }) => id), total]).toEqual([[`${root}.a`, `${root}.b`], 3]);
      expect((await sdk.search(`${root}.`, 2, 2)).results.map(({ id }) => id)).toEqual([`${root}.c`]);
      expect(await sdk.autocomplete(`${root}.`)).toEqual([`${root}.a`, `${root}.b`, `${root}.c`]);
    });
  }

  function listsAll(open: () => Kestrapy): void {
    let sdk: Kestrapy;
    beforeAll(() => {
      sdk = open();
    });
    afterAll(() => sdk.close());

    it("lists the keys of all namespaces, filtered, sorted, page by page", async () => {
      const [first, second] = [freshNamespace(), freshNamespace()];
      for (const key of ["a", "c"]) await sdk.set(first, key, "1");
      await sdk.set(second, "b", "1");
      const both = [{ field: "namespace", operation: "IN", value: [first, second] }];
      const page = await sdk.listAll(1, 2, ["key:desc"], both);
      expect([page.results.map(({ namespace, key }) => [namespace, key]), page.total]).toEqual([
        [
          [first, "c"],
          [second, "b"],
        ],
        3,
      ]);
      expect((await sdk.listAll(2, 2, ["key:desc"], both)).results.map(({ key }) => key)).toEqual(["a"]);
      const starting = [{ field: "namespace", operation: "STARTS_WITH", value: first }];
      expect((await sdk.listAll(1, 10, ["key:asc"], starting)).results.map(({ key }) => key)).toEqual(["a", "c"]);
      const searched = [...both, { field: "q", operation: "EQUALS", value: "b" }];
      expect((await sdk.listAll(1, 10, ["key:asc"], searched)).results.map(({ key }) => key)).toEqual(["b"]);
    });

    it("lists the keys that a namespace inherits", async () => {
      const parent = freshNamespace();
      const child = `${parent}.child`;
      for (const key of ["both", "above"]) await sdk.set(parent, key, "1");
      await sdk.set(child, "both", "2");
      const inherited = (await sdk.inherited(child)).map(({ namespace, key }) => [namespace, key]);
      expect(inherited).toContainEqual([parent, "above"]);
    });
  }
});
