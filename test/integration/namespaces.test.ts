import { expect, it } from "vitest";
import { z } from "zod";
import { ListedNamespaceView, NamespaceContentsView, NamespacePageView, NamespaceView } from "../../api/schema.ts";
import { freshNamespace, type Kv, kvAt } from "../support/kv.ts";
import { onEachPair } from "./pairs.ts";

type Json = Record<string, unknown>;

onEachPair("namespaces", ({ kv, service }) => {
  const send = (method: string, path: string, body?: object | string, headers: Record<string, string> = {}) =>
    kv().send(method, `/namespaces${path}`, {
      headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  const at = (namespace: string): Kv => kvAt(service().address, namespace);
  const problemOf = async (answer: Awaited<ReturnType<typeof send>>) => {
    const { type, field } = await answer.json<Json>();
    return field === undefined ? [answer.status, type] : [answer.status, type, field];
  };

  it("is created, read, replaced, changed and deleted", async () => {
    const id = freshNamespace();
    const settings = {
      description: "Ours",
      labels: { team: "data" },
      allowedNamespaces: [{ namespace: "company.team" }],
      maxRevisions: 3,
      defaultTtl: "P1D",
    };
    const created = await send("POST", "", { id, ...settings });
    const view = await created.json<Json>();
    expect(view).toMatchObject({ id, ...settings, defaultTtl: "PT24H", deleted: false, declared: true, revision: 1 });
    expect(created.headers.get("etag")).toBe(`"${view["etag"]}"`);
    expect(await (await send("GET", `/${id}`)).json()).toEqual(view);
    const known = await send("GET", `/${id}`, undefined, { "If-None-Match": `"${view["etag"]}"` });
    expect(known.status).toBe(304);

    const patched = await (await send("PATCH", `/${id}`, { description: null, maxRevisions: 5 })).json<Json>();
    expect(patched).toMatchObject({ labels: { team: "data" }, maxRevisions: 5, revision: 2 });
    expect(patched).not.toHaveProperty("description");

    const replaced = await (await send("PUT", `/${id}`, { description: "" })).json<Json>();
    expect(replaced).toMatchObject({ description: "", labels: {}, revision: 3, creationDate: view["creationDate"] });
    for (const gone of ["maxRevisions", "defaultTtl", "allowedNamespaces"]) expect(replaced).not.toHaveProperty(gone);

    const deleted = await send("DELETE", `/${id}`);
    expect([deleted.status, await deleted.text()]).toEqual([204, ""]);
    expect(await problemOf(await send("GET", `/${id}`))).toEqual([404, "/problems/not-found"]);
    expect(await problemOf(await send("DELETE", `/${id}`))).toEqual([404, "/problems/not-found"]);
    expect(await problemOf(await send("PATCH", `/${id}`, {}))).toEqual([404, "/problems/not-found"]);
  });

  it("what only Kestra knows comes back as it was sent, to the digit", async () => {
    const id = freshNamespace();
    const extra = `"variables":{"a":1.0,"b": 12345678901234567890.10,"__proto__":{"c":"\\u00e9\\u0000"}},"storageType":"s3","__proto__":[1e2]`;
    const answer = await send("POST", "", `{"id":"${id}", ${extra}, "pluginDefaults":null, "deleted":false}`);
    for (const text of [await answer.text(), await (await send("GET", `/${id}`)).text()]) {
      expect(text).toContain(`,${extra}}`);
      expect(text).not.toContain("pluginDefaults");
    }
    const patched = await (await send("PATCH", `/${id}`, `{"storageType":null,"workerGroup":{"n":0.10}}`)).text();
    expect(patched).toContain(`"variables":{"a":1.0,"b": 12345678901234567890.10,`);
    expect(patched).toContain(`"workerGroup":{"n":0.10}}`);
    expect(patched).not.toContain("storageType");
    expect(await (await send("PUT", `/${id}`, patched)).text()).toContain(`"workerGroup":{"n":0.10}}`);
    expect(await (await send("PUT", `/${id}`, {})).text()).not.toContain("workerGroup");
  });

  it("made by the first write of a key, it can still be made by hand, once", async () => {
    const mine = kv();
    const { namespace } = await (await mine.put("k", "1")).json();
    expect(await (await send("GET", `/${namespace}`)).json()).toMatchObject({ declared: false, revision: 1 });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => send("POST", "", { id: namespace, description: `${n}` })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = answers.find(({ status }) => status !== 200);
    expect(refused && (await problemOf(refused))).toEqual([409, "/problems/namespace-exists"]);
    expect(await (await mine.get("k")).json()).toMatchObject({ value: 1 });
  });

  it("a read with If-Match answers the ETag that it names, and 412 when that is another one", async () => {
    const id = freshNamespace();
    const first = (await send("PUT", `/${id}`, { description: "1" })).headers.get("etag") ?? "";
    const second = (await send("PUT", `/${id}`, { description: "2" })).headers.get("etag") ?? "";
    const read = async (name: string, ifMatch: string) =>
      (await send("GET", `/${name}`, undefined, { "If-Match": ifMatch })).status;
    for (const [ifMatch, status] of [
      [second, 200],
      ["*", 200],
      [first, 412],
    ] as const)
      expect([ifMatch, await read(id, ifMatch)]).toEqual([ifMatch, status]);
    expect(await read(`${id}.none`, "*")).toBe(404);
    const parent = id.slice(0, id.lastIndexOf("."));
    expect([await read(parent, "*"), await read(parent, first)]).toEqual([412, 412]); // nobody made it: it has no ETag
  });

  it("If-Match and If-None-Match are kept", async () => {
    const id = freshNamespace();
    const first =
      (await send("PUT", `/${id}`, { description: "1" }, { "If-None-Match": "*" })).headers.get("etag") ?? "";
    const exists = await send("PUT", `/${id}`, {}, { "If-None-Match": "*" });
    expect(await problemOf(exists)).toEqual([409, "/problems/namespace-exists"]);
    const second =
      (await send("PATCH", `/${id}`, { description: "2" }, { "If-Match": first })).headers.get("etag") ?? "";
    for (const [method, body] of [
      ["PUT", {}],
      ["PATCH", {}],
      ["DELETE", undefined],
    ] as const) {
      const stale = await send(method, `/${id}`, body, { "If-Match": first });
      expect([method, ...(await problemOf(stale))]).toEqual([method, 412, "/problems/namespace-changed"]);
      const missing = await send(method, `/${freshNamespace()}`, body, { "If-Match": "*" });
      expect([method, ...(await problemOf(missing))]).toEqual([method, 412, "/problems/namespace-changed"]);
    }
    expect(await (await send("GET", `/${id}`)).json()).toMatchObject({ description: "2", revision: 2 });
    expect((await send("DELETE", `/${id}`, undefined, { "If-Match": second })).status).toBe(204);
  });

  it("8 patches at once of one namespace: each field is there afterwards", async () => {
    const id = freshNamespace();
    await send("POST", "", { id });
    const names = Array.from({ length: 8 }, (_, n) => `field${n}`);
    const answers = await Promise.all(names.map((name) => send("PATCH", `/${id}`, { [name]: name })));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    expect(await (await send("GET", `/${id}`)).json()).toMatchObject(Object.fromEntries(names.map((n) => [n, n])));
  });

  it("parents are there without a row, and become rows when somebody speaks about them", async () => {
    const root = freshNamespace();
    for (const name of ["b.c.d", "a", "a-z", "b.a"]) await at(`${root}.${name}`).put("k", "1");
    const tree = await (await send("GET", `?under=${root}`)).json<unknown>();
    type Branch = { id: string; children: Branch[] };
    const shape = ({ id, children }: Branch): unknown => [id.slice(root.length), children.map(shape)];
    expect((tree as Branch[]).map(shape)).toEqual([
      [
        "",
        [
          [".a", []],
          [".a-z", []],
          [
            ".b",
            [
              [".b.a", []],
              [".b.c", [[".b.c.d", []]]],
            ],
          ],
        ],
      ],
    ]);
    const parent = await send("GET", `/${root}.b`);
    expect([parent.status, await parent.json()]).toEqual([
      200,
      { id: `${root}.b`, deleted: false, declared: false, labels: {} },
    ]);
    expect(await problemOf(await send("GET", `/${root}.b.c.d.e`))).toEqual([404, "/problems/not-found"]);
    expect(await problemOf(await send("DELETE", `/${root}.b`))).toEqual([404, "/problems/not-found"]);
    expect(await (await send("PATCH", `/${root}.b`, { description: "d" })).json()).toMatchObject({ revision: 1 });
    expect((await send("DELETE", `/${root}.b?force=true`)).status).toBe(204);
    expect((await at(`${root}.b.c.d`).get("k")).status).toBe(200);
  });

  it("search has Kestra's pages, autocomplete Kestra's list", async () => {
    const root = freshNamespace();
    for (const name of ["Orders.eu", "orders.us", "other"]) await at(`${root}.${name}`).put("k", "1");
    const ids = async (query: string) => {
      const { results, total } = await (await send("GET", `/search?${query}`)).json<{
        results: Json[];
        total: number;
      }>();
      return [total, ...results.map(({ id }) => `${id}`.slice(root.length))];
    };
    const q = `q=${root}.orders`;
    expect(await ids(q)).toEqual([4, ".Orders", ".Orders.eu", ".orders", ".orders.us"]);
    expect(await ids(`${q}&existing=true`)).toEqual([2, ".Orders.eu", ".orders.us"]);
    expect(await ids(`${q}&sort=id:desc&size=3`)).toEqual([4, ".orders.us", ".orders", ".Orders.eu"]);
    expect(await ids(`${q}&size=3&page=2`)).toEqual([4, ".orders.us"]);
    expect(await ids(`${q}&size=3&page=9`)).toEqual([4]);
    const body = { q: `${root}.orders`, ids: [`${root}.other`, `${root}.nobody`] };
    const offered = await (await send("POST", "/autocomplete", body)).json<string[]>();
    expect(offered.map((id) => id.slice(root.length))).toEqual([
      ".Orders",
      ".Orders.eu",
      ".orders",
      ".orders.us",
      ".other",
    ]);
    for (const [query, field] of [
      ["page=0", "page"],
      ["size=1001", "size"],
      ["sort=name", "sort"],
    ])
      expect(await problemOf(await send("GET", `/search?${query}`))).toEqual([
        400,
        "/problems/malformed-request",
        field,
      ]);
    const nowhere = [422, "/problems/invalid-field", "q"];
    expect(await problemOf(await send("GET", "/search?q=%00"))).toEqual(nowhere);
    const zero = JSON.stringify({ q: "\0" });
    expect(await problemOf(await send("POST", "/autocomplete", zero))).toEqual(nowhere);
  });

  it("with keys it is not deleted, unless force says so; dryRun counts and changes nothing", async () => {
    const mine = kv();
    const { namespace } = await (await mine.put("a", "1")).json();
    await mine.put("b", '"four"');
    await mine.put("b", "22");
    await mine.put("gone", "1");
    await mine.delete("gone");
    const counted = await send("DELETE", `/${namespace}?force=true&dryRun=true`);
    expect([counted.status, await counted.json()]).toEqual([200, { namespace, keys: 2, revisions: 5, bytes: 3 }]);
    expect(await problemOf(await send("DELETE", `/${namespace}`))).toEqual([409, "/problems/namespace-not-empty"]);
    expect(await problemOf(await send("DELETE", `/${namespace}?force=yes`))).toEqual([
      400,
      "/problems/malformed-request",
      "force",
    ]);
    expect(await (await mine.get("b")).json()).toMatchObject({ value: 22, revision: 2 });
    expect((await send("DELETE", `/${namespace}?force=true`)).status).toBe(204);
    expect((await mine.get("b")).status).toBe(404);
    expect(await (await mine.send("GET", `/namespaces/${namespace}/kv`)).json()).toEqual([]);
    // History went with it, so the number starts anew, and the namespace is made anew.
    expect(await (await mine.put("b", "1")).json()).toMatchObject({ revision: 1 });
  });

  it("what holds for its keys: the default TTL", async () => {
    const mine = kv();
    const { namespace } = await (await mine.put("before", "1")).json();
    await send("PUT", `/${namespace}`, { defaultTtl: "PT1H" });
    const after = await (await mine.put("after", "1")).json();
    expect(Date.parse(after.expirationDate) - Date.parse(after.updateDate)).toBe(3_600_000);
    // Whoever named no TTL is told of none: to Terraform, whose configuration has none, one would be drift.
    const listed = await (await mine.send("GET", `/namespaces/${namespace}/kv?prefix=after`)).json<Json[]>();
    for (const told of [after, await (await mine.get("after")).json(), listed[0]])
      expect(told).toMatchObject({ ttl: null, expirationDate: after.expirationDate });
    expect(await (await mine.get("before")).json()).toMatchObject({ ttl: null, expirationDate: null });
  });

  it("a change of metadata leaves the end that the default TTL set, a new value and a restore set it anew", async () => {
    const mine = kv();
    const { namespace } = await (await mine.put("first", "1")).json();
    await send("PUT", `/${namespace}`, { defaultTtl: "PT1H" });
    const put = await (await mine.put("k", "1")).json();
    const described = await (await mine.patch("k", { description: "d" })).json();
    expect(described).toMatchObject({ ttl: null, expirationDate: put.expirationDate });
    const valued = await (await mine.patch("k", { value: 2 })).json();
    expect(valued.ttl).toBeNull();
    expect(Date.parse(valued.expirationDate)).toBeGreaterThan(Date.parse(put.expirationDate));
    await send("PATCH", `/${namespace}`, { defaultTtl: "PT2H" });
    const path = `/namespaces/${namespace}/kv/k/revisions/1/restore`;
    const restored = await (await mine.send("POST", path)).json();
    expect(restored).toMatchObject({ ttl: null, revision: 4 });
    expect(Date.parse(restored.expirationDate) - Date.parse(restored.updateDate)).toBe(7_200_000);
  });

  it.each([
    ["POST", "", {}, 422, "id"],
    ["POST", "", { id: "a..b" }, 422, "id"],
    ["POST", "", { id: "search" }, 422, "id"],
    ["PUT", "/a.b", { id: "a.c" }, 422, "id"],
    ["PUT", "/a.b", { maxRevisions: 0 }, 422, "maxRevisions"],
    ["PUT", "/a.b", { maxRevisions: "3" }, 422, "maxRevisions"],
    ["PUT", "/a.b", { defaultTtl: "1d" }, 422, "defaultTtl"],
    ["PUT", "/a.b", { labels: { a: 1 } }, 422, "labels"],
    ["PUT", "/a.b", { description: 1 }, 422, "description"],
    ["PUT", "/a.b", { allowedNamespaces: [{ namespace: "a..b" }] }, 422, "allowedNamespaces"],
    ["PUT", "/a.b", "[]", 400, "body"],
    ["PUT", "/a.b", '{"id":"a.b","id":"a.b"}', 400, "body"],
    ["PUT", "/a..b", {}, 422, "namespace"],
    ["POST", "/autocomplete", { ids: "a" }, 422, "ids"],
  ])("%s %s %j is refused", async (method, path, body, status, field) => {
    const answer = await send(method, path, body);
    expect([answer.status, (await answer.json()).field]).toEqual([status, field]);
  });

  it("every answer is what the contract says, no member more or less", async () => {
    const id = `${freshNamespace()}.child`;
    const settings = { description: "d", allowedNamespaces: [{ namespace: "a" }], maxRevisions: 1, defaultTtl: "PT1S" };
    const one = z.strictObject(NamespaceView.shape).required();
    one.parse(await (await send("POST", "", { id, labels: { a: "b" }, ...settings })).json());
    z.strictObject(NamespaceView.shape).parse(await (await send("GET", `/${id.replace(".child", "")}`)).json());
    const listed = z.strictObject(ListedNamespaceView.shape);
    const child = z.strictObject({ ...listed.shape, children: z.array(z.never()) });
    const tree = z.array(z.strictObject({ ...listed.shape, children: z.array(child).length(1) })).length(1);
    tree.parse(await (await send("GET", `?under=${id.replace(".child", "")}`)).json());
    const page = z.strictObject({ ...NamespacePageView.shape, results: z.array(listed).length(2) });
    page.parse(await (await send("GET", `/search?q=${id.replace(".child", "")}`)).json());
    z.strictObject(NamespaceContentsView.shape).parse(await (await send("DELETE", `/${id}?dryRun=true`)).json());
  });

  it.each(["", "?force=true"])(
    "DELETE%s and puts at once: what was answered is there, and nobody is told of a defect",
    async (query) => {
      const mine = kv();
      const { namespace } = await (await mine.put("first", "1")).json();
      await mine.delete("first");
      let deleting = true;
      // Puts and deletes a key in turn; the last put of each, made after the last DELETE was answered, must be there.
      const write = async (key: string) => {
        const statuses = new Set<number>();
        const put = async (body: string) => statuses.add((await mine.put(key, body)).status);
        while (deleting) {
          await put('"before"');
          statuses.add((await mine.delete(key)).status);
        }
        await put('"after"');
        return [...statuses];
      };
      const writers = Array.from({ length: 6 }, (_, n) => write(`k${n}`));
      const answers: number[] = [];
      for (let n = 0; n < 30 || !answers.includes(204); n++)
        answers.push((await send("DELETE", `/${namespace}${query}`)).status);
      deleting = false;
      expect(await Promise.all(writers)).toEqual(writers.map(() => [200]));
      expect(answers.filter((status) => ![204, 404, query ? 204 : 409].includes(status))).toEqual([]);
      for (let n = 0; n < 6; n++) expect(await (await mine.get(`k${n}`)).json()).toMatchObject({ value: "after" });
      expect((await send("GET", `/${namespace}`)).status).toBe(200);
    },
  );

  it("Kestra's older base leads to the tenant main", async () => {
    const id = freshNamespace();
    const old = kvAt(service().address, id, "/api/v1");
    await old.send("POST", "/namespaces", { body: JSON.stringify({ id, description: "d" }) });
    expect(await (await send("GET", `/${id}`)).json()).toMatchObject({ description: "d" });
    expect(await (await old.send("GET", `/namespaces/search?q=${id}`)).json()).toMatchObject({ total: 1 });
    expect((await old.send("DELETE", `/namespaces/${id}`)).status).toBe(204);
  });
});
