import { expect, it } from "vitest";
import { kvAt, rawValueOf } from "../support/kv.ts";
import { onEachPair } from "./pairs.ts";

const TRICKY_KEYS = [
  "ABC",
  "abc",
  "a/b c",
  "é",
  "e\u0301",
  "__proto__",
  "😀",
  "%41",
  "a+b",
  "?x#y",
  "k;v",
  "kv:batch",
  "\u0001",
  "x".repeat(256),
  "😀".repeat(256),
];
const ONLY_BY_QUERY = [".", "..", "inheritance"];
const MERGE_PATCH = { "Content-Type": "application/merge-patch+json" };

onEachPair("one key", ({ kv, service }) => {
  it("a value goes in and comes out with its entry", async () => {
    const at = kv();
    const put = await at.put("retries", "5", "?ttl=P1D&description=How%20often");
    expect(put.status).toBe(200);
    const entry = await put.json();
    expect(entry).toMatchObject({
      key: "retries",
      type: "NUMBER",
      revision: 1,
      ttl: "PT24H",
      description: "How often",
      size: 1,
    });
    expect(entry.expirationDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(put.headers.get("etag")).toBe(`"${entry.etag}"`);
    const got = await at.get("retries");
    expect(got.headers.get("etag")).toBe(`"${entry.etag}"`);
    expect(await got.json()).toEqual({ ...entry, updated: entry.updateDate, value: 5 });
  });

  it.each([
    "123456789012345678901234567890",
    "1.0",
    "0.10",
    "1e400",
    '{"b":1.10,  "a":[ ]}',
    '"\\u00e9\\ud800"',
    "null",
    " [1]\n",
  ])("every digit and byte of %j comes back", async (body) => {
    const at = kv();
    await at.put("k", body);
    expect(rawValueOf(await (await at.get("k")).text())).toBe(body);
    expect(await (await at.get("k", "?raw=true")).text()).toBe(body);
  });

  it("all seven types are kept and canonical", async () => {
    const at = kv();
    const rows = [
      ["hello", "STRING", '"hello"'],
      ["0.10", "NUMBER", "0.10"],
      ["true", "BOOLEAN", "true"],
      ["2021-09-01T03:02:03.10+02:00", "DATETIME", '"2021-09-01T01:02:03.1Z"'],
      ["2021-09-01", "DATE", '"2021-09-01"'],
      ["P3DT3H2M1S", "DURATION", '"PT75H2M1S"'],
      ['{"a":1}', "JSON", '{"a":1}'],
    ] as const;
    for (const [body, type, value] of rows) {
      await at.put("k", body);
      const text = await (await at.get("k")).text();
      expect([JSON.parse(text).type, rawValueOf(text)]).toEqual([type, value]);
    }
    expect((await (await at.get("k")).json()).revision).toBe(rows.length);
  });

  it("keys are arbitrary text, each one its own", async () => {
    const at = kv();
    for (const key of TRICKY_KEYS) expect((await at.put(key, JSON.stringify(key))).status).toBe(200);
    for (const key of TRICKY_KEYS) expect(await (await at.get(key)).json()).toMatchObject({ key, value: key });
    for (const key of TRICKY_KEYS) expect(await (await at.delete(key)).json()).toBe(true);
  });

  it("keys that a path cannot carry are reached by query, and all others as well", async () => {
    const { namespace } = await (await kv().put("x", "1")).json();
    const at = (key: string, query = "") => `/namespaces/${namespace}/kv:entry?key=${encodeURIComponent(key)}${query}`;
    const { send } = kvAt(service().address, namespace);
    for (const key of [...ONLY_BY_QUERY, ...TRICKY_KEYS]) {
      expect((await send("PUT", at(key), { body: JSON.stringify(key) })).status).toBe(200);
      expect(await (await send("GET", at(key))).json()).toMatchObject({ key, value: key });
      expect((await send("HEAD", at(key))).status).toBe(200);
      expect((await send("PATCH", at(key), { body: '{"description":"d"}', headers: MERGE_PATCH })).status).toBe(200);
      expect(await (await send("DELETE", at(key))).json()).toBe(true);
    }
  });

  it("the older base path is the tenant main", async () => {
    const at = kv();
    const { namespace } = await (await at.put("k", "1")).json();
    const older = kvAt(service().address, namespace, "/api/v1");
    expect((await (await older.get("k")).json()).value).toBe(1);
    expect((await kvAt(service().address, namespace, "/api/v1/other").get("k")).status).toBe(404);
  });

  it("HEAD and conditional GET answer without a body", async () => {
    const at = kv();
    const etag = (await at.put("k", "1")).headers.get("etag") ?? "";
    const head = await at.send("HEAD", `/namespaces/${(await (await at.get("k")).json()).namespace}/kv/k`);
    expect([head.status, head.headers.get("etag"), await head.text()]).toEqual([200, etag, ""]);
    const known = await at.get("k", "", { "If-None-Match": `"other", ${etag}` });
    expect([known.status, await known.text()]).toEqual([304, ""]);
    expect((await at.get("k", "", { "If-None-Match": '"other"' })).status).toBe(200);
    expect((await at.get("k", "?consistency=stale")).status).toBe(200);
  });

  it("a key that is not there: GET says so in Kestra's words, DELETE answers false", async () => {
    const at = kv();
    const got = await at.get("k");
    expect(got.status).toBe(404);
    expect(await got.json()).toMatchObject({
      type: "/problems/not-found",
      message: expect.stringMatching(/^Not Found: No value found for key 'k' in namespace '/),
    });
    const deleted = await at.delete("k");
    expect([deleted.status, await deleted.json()]).toEqual([200, false]);
  });

  it("revisions go on after delete and re-create, with new ETags", async () => {
    const at = kv();
    const first = await (await at.put("k", "1", "?description=old")).json();
    await at.delete("k");
    const again = await (await at.put("k", "1")).json();
    expect(again).toMatchObject({ revision: 3, description: null });
    expect(again.etag).not.toBe(first.etag);
    expect(again.creationDate > first.creationDate).toBe(true);
  });

  it("a large value flows in and out unchanged, with and without its length known", async () => {
    const at = kv();
    const items = Array.from({ length: 200_000 }, (_, item) => ({ item, text: "é😀" }));
    const body = Buffer.from(JSON.stringify(items));
    expect((await at.put("k", body)).status).toBe(200);
    expect(Buffer.from(await (await at.get("k", "?raw=true")).arrayBuffer()).equals(body)).toBe(true);
    const chunks = ReadableStream.from([body.subarray(0, 1_000_001), body.subarray(1_000_001)]);
    const { namespace } = await (await at.put("x", "1")).json();
    const init = { body: chunks, duplex: "half" } as RequestInit;
    expect((await at.send("PUT", `/namespaces/${namespace}/kv/chunked`, init)).status).toBe(200);
    expect(rawValueOf(await (await at.get("chunked")).text()) === body.toString()).toBe(true);
  });

  it("a large value is answered with its length, its description and the request's id, as a small one is", async () => {
    const at = kv();
    for (const [key, length] of Object.entries({ small: 10, large: 1_000_000 })) {
      await at.put(key, `"${"v".repeat(length)}"`, "?description=caf%C3%A9");
      for (const query of ["", "?raw=true"]) {
        const answer = await at.get(key, query, { "X-Request-Id": "mine" });
        const { headers } = answer;
        expect(headers.get("x-request-id")).toBe("mine");
        expect(headers.get("content-length")).toBe(`${(await answer.arrayBuffer()).byteLength}`);
        expect(Buffer.from(headers.get("description") ?? "", "latin1").toString()).toBe("café");
      }
    }
  });
});
