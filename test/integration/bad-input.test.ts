import { once } from "node:events";
import { connect } from "node:net";
import { expect, it } from "vitest";
import type { Members } from "../support/kv.ts";
import { kvAt } from "../support/kv.ts";
import { onEachPair } from "./pairs.ts";

const PROBLEM = {
  title: expect.any(String),
  detail: expect.any(String),
  remedy: expect.any(String),
  requestId: expect.any(String),
};

onEachPair("bad input", ({ kv, service }) => {
  it.each([
    ["an unknown type", "?type=TEXT", "1", 422, "type", "STRING, NUMBER, BOOLEAN"],
    ["a value that does not fit its type", "?type=DATE", "tomorrow", 422, "value", "2021-09-01"],
    ["a bad TTL", "?ttl=1d", "1", 422, "ttl", "P1D"],
    ["a TTL of nothing", "?ttl=PT0S", "1", 422, "ttl", "longer than nothing"],
    ["an end that is past", "?expiresAt=2001-01-01T00:00:00Z", "1", 422, "expiresAt", "future"],
    ["invalid JSON", "", '{"a":\n 1,}', 422, "value", "line 2, column 4"],
    ["text that is no UTF-8", "", Buffer.from([0xff, 0xfe]), 422, "value", "UTF-8"],
    ["a misspelt parameter", "?tll=P1D", "1", 400, "tll", "ttl"],
    ["overwrite that is neither", "?overwrite=no", "1", 400, "overwrite", "true or false"],
  ])("%s names the field and the rule, and nothing is stored", async (_, query, body, status, field, rule) => {
    const at = kv();
    const answer = await at.put("k", body, query);
    const problem = await answer.json<Record<string, unknown>>();
    expect([answer.status, answer.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
    expect(problem).toMatchObject({ ...PROBLEM, status, field, detail: expect.stringContaining(rule) });
    expect(problem["message"]).toContain(problem["detail"]);
    expect((await at.get("k")).status).toBe(404);
  });

  it.each([
    ["a key of 257 characters", "a.b", "x".repeat(257), 422, "key"],
    ["a key with U+0000", "a.b", "%00", 422, "key"],
    ["a key that is no UTF-8", "a.b", "%ff", 400, "key"],
    ["a namespace with an empty part", "a..b", "k", 422, "namespace"],
    ["a namespace of 151 characters", "n".repeat(151), "k", 422, "namespace"],
    ["a reserved namespace", "search", "k", 422, "namespace"],
    ["a reserved tenant", "a.b", "k", 422, "tenant"],
  ])("%s", async (what, namespace, key, status, field) => {
    const tenant = what === "a reserved tenant" ? "tokens" : "main";
    for (const method of ["GET", "PUT", "DELETE"]) {
      const init = method === "PUT" ? { method, body: "1" } : { method };
      const answer = await fetch(`${service().address}/api/v1/${tenant}/namespaces/${namespace}/kv/${key}`, init);
      expect([answer.status, ((await answer.json()) as Members).field]).toEqual([status, field]);
    }
  });

  it("a body that is cut off half-way leaves nothing, whether its length was announced or not", async () => {
    const at = kv();
    const { namespace } = await (await at.put("other", "1")).json();
    const { hostname, port } = new URL(service().address);
    for (const framing of ["Content-Length: 100000", "Content-Length: 1000", "Transfer-Encoding: chunked"]) {
      const socket = connect(Number(port), hostname);
      socket.on("error", () => undefined);
      await once(socket, "connect");
      const start = framing.startsWith("T") ? "5\r\nhello\r\n" : "hello";
      socket.write(`PUT /api/v1/main/namespaces/${namespace}/kv/k HTTP/1.1\r\nHost: x\r\n${framing}\r\n\r\n${start}`);
      await expect.poll(() => socket.bytesWritten).toBeGreaterThan(80);
      socket.destroy();
    }
    // Whatever the three left behind would be there once a later write is.
    await at.put("later", "1");
    expect((await kvAt(service().address, namespace).get("k")).status).toBe(404);
    expect((await fetch(`${service().address}/healthz`)).status).toBe(200);
  });

  it.each([
    ["?limit=0", "limit"],
    ["?limit=1001", "limit"],
    ["?limit=ten", "limit"],
    ["?sort=size", "sort"],
    ["?cursor=%21", "cursor"],
    ["?label=team", "label"],
    ["?total=1", "total"],
    ["?inherit=yes", "inherit"],
    ["?expired=", "expired"],
    ["?sort=key&sort=created", "sort"],
    ["?page=2", "page"],
    ["?expireBefore=2030-01-01T00:00:00Z", "expireBefore"],
  ])("a list with %s", async (query, field) => {
    const answer = await kv().send("GET", `/namespaces/a.b/kv${query}`);
    expect([answer.status, (await answer.json()).field]).toEqual([400, field]);
  });

  it.each([
    ["/namespaces/a.b/kv:entry?key=%ff", "key"],
    ["/namespaces/a.b/kv?q=%zz", "q"],
    ["/namespaces/a.b/kv/k?raw=yes", "raw"],
    ["/namespaces/a.b/kv/k?inherit=1", "inherit"],
    ["/namespaces/a.b/kv/k?revison=1", "revison"],
    ["/namespaces/a.b/kv/k?consistency=strong", "consistency"],
    ["/namespaces/a.b/kv:watch?wait=0&children=yes", "children"],
    ["/namespaces/a.b/kv:watch?wait=0&namespace=c", "namespace"],
    ["/kv:watch?wait=0&prefx=a", "prefx"],
    ["/namespaces?prefix=a", "prefix"],
    ["/namespaces/search?existing=yes", "existing"],
  ])("GET %s is refused and not answered as if nothing was said", async (path, field) => {
    const answer = await kv().send("GET", path);
    expect([answer.status, (await answer.json()).field]).toEqual([400, field]);
  });

  it.each([
    ["PATCH", "kv/k?ttl=PT1H", "ttl"],
    ["PATCH", "kv:entry?key=k&overwrite=false", "overwrite"],
    ["DELETE", "kv/k?dryRun=true", "dryRun"],
  ])("%s %s would change something and pass over what was said, and is refused", async (method, path, field) => {
    const at = kv();
    const { namespace } = await (await at.put("k", "1")).json();
    const body = method === "PATCH" ? { body: "{}", headers: { "Content-Type": "application/json" } } : {};
    const answer = await at.send(method, `/namespaces/${namespace}/${path}`, body);
    expect([answer.status, (await answer.json()).field]).toEqual([400, field]);
    expect((await at.get("k")).status).toBe(200);
  });

  it.each([
    ["PUT", "kv/k?ttl=PT1H&ttl=PT2H", "ttl"],
    ["PUT", "kv/k?type=NUMBER&type=STRING", "type"],
    ["PUT", "kv:entry?key=a&key=b", "key"],
    ["GET", "kv/k?revision=1&revision=2", "revision"],
    ["GET", "kv/k?peek=false&pee%6B=true", "peek"],
    ["GET", "kv?limit=1&limit=2", "limit"],
    ["GET", "kv?label=team=a&label=team=b", "label"],
    ["GET", "kv:watch?wait=0&after=1&after=2", "after"],
    ["GET", "kv/k/revisions?before=1&before=2", "before"],
    ["DELETE", "kv:entry?key=a&key=b", "key"],
    ["POST", "kv:import?dryRun=true&dryRun=false", "dryRun"],
    ["DELETE", "?force=false&force=true", "force"],
    ["GET", "../search?sort=id:asc&sort=id:desc", "sort"],
    ["GET", "../search?filters[q][EQUALS]=a&filters[q][EQUALS]=b", "filters[q][EQUALS]"],
  ])("%s %s says a thing twice, and which of both is meant nobody knows", async (method, path, field) => {
    const answer = await kv().send(method, `/namespaces/a.b/${path}`, method === "PUT" ? { method, body: "1" } : {});
    expect([answer.status, (await answer.json()).field]).toEqual([400, field]);
  });

  it("what lists filter by may be said several times", async () => {
    const at = kv();
    const envelope = { "Content-Type": "application/vnd.namespace-kv.entry+json" };
    await at.put("n", JSON.stringify({ value: 1, labels: { a: "1", b: "2" } }), "", envelope);
    const { url } = await at.get("n");
    const list = await fetch(`${url.slice(0, -2)}?type=NUMBER&type=JSON&label=a=1&label=b=2`);
    expect([list.status, await list.json()]).toMatchObject([200, [{ key: "n" }]]);
  });

  it("a misspelt peek deletes nothing", async () => {
    const at = kv();
    await at.put("k", "1", "?ttl=PT0.001S");
    await expect.poll(async () => (await at.get("k", "?peek=true")).status).toBe(410);
    expect((await at.get("k", "?peek=TRUE")).status).toBe(400);
    expect((await at.get("k")).status).toBe(410);
  });

  it.each([
    ["?q=%00", "q"],
    ["?prefix=%00", "prefix"],
    ["?label=a=%00", "label"],
    ["?expiresBefore=2030-02-30T00:00:00Z", "expiresBefore"],
  ])("a list with %s cannot be searched", async (query, field) => {
    for (const path of ["/namespaces/a.b/kv", "/namespaces/a.b/kv/inheritance"]) {
      const answer = await kv().send("GET", `${path}${query}`);
      expect([answer.status, (await answer.json()).field]).toEqual([422, field]);
    }
  });

  it("an address that is not there, and one that takes other methods", async () => {
    const nowhere = await fetch(`${service().address}/api/v2/x`);
    expect([nowhere.status, ((await nowhere.json()) as Members).type]).toEqual([404, "/problems/unknown-address"]);
    const wrong = await kv().send("POST", "/namespaces/a.b/kv/k");
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, HEAD, PUT, PATCH, DELETE"]);
  });

  it("every problem's type is a page", async () => {
    const { type } = await (await kv().get("k")).json();
    const page = await fetch(`${service().address}${type}`);
    expect(await page.text()).toContain("Not Found (HTTP 404)");
  });

  it("a caller's request id comes back, a senseless one is replaced", async () => {
    const mine = await kv().get("k", "", { "X-Request-Id": "mine-1" });
    expect([mine.headers.get("x-request-id"), (await mine.json<Record<string, unknown>>())["requestId"]]).toEqual([
      "mine-1",
      "mine-1",
    ]);
    const ours = (await kv().get("k", "", { "X-Request-Id": "x".repeat(500) })).headers.get("x-request-id");
    expect(ours).toMatch(/^[0-9a-f]{16}-[0-9a-z]+$/);
  });
});
