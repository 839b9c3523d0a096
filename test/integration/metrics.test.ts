import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { onEachLonePair } from "./pairs.ts";

const ROUTE = "/api/v1/:tenant/namespaces/:namespace/kv/:key";

interface Line {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

async function scrape(address: string) {
  const answer = await fetch(`${address}/metrics`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await answer.text();
  const lines = [...text.matchAll(/^(nskv_\w+)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name, labels = "", value]): Line => ({
      name: `${name}`,
      labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, word]) => [label, word])),
      value: Number(value),
    }),
  );
  const of = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    lines
      .filter((line) => line.name === name)
      .filter((line) => Object.entries(labels).every(([label, word]) => line.labels[label] === word))
      .reduce((sum, { value }) => sum + value, 0);
  return { text, lines, of };
}

/** Name and type of each metric, as the answer declares them. */
const declared = (text: string) =>
  [...text.matchAll(/^# TYPE (nskv_\w+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);

onEachLonePair("metrics", ({ service }) => {
  // The first scrape of the service, so that what it says of the stores is no older than this test.
  it("tell what is in the stores", async () => {
    const kv = kvAt(service().address, "metrics.sizes");
    for (const key of ["a", "b", "c"]) await kv.put(key, '"12345678"');
    await kv.put("expiring", "1", "?ttl=PT0.05S");
    await kv.delete("c");
    await sleep(100);
    const { of } = await scrape(service().address);
    const entries = (state: string) => of("nskv_store_entries", { state });
    expect([entries("live"), entries("expired"), entries("deleted")]).toEqual([2, 1, 1]);
    expect(of("nskv_store_revisions")).toBe(5);
    expect(of("nskv_store_objects", { state: "live" })).toBe(4);
    expect(of("nskv_store_value_bytes")).toBe(2 * '"12345678"'.length + 1);
    expect(of("nskv_store_revision_bytes")).toBe(3 * '"12345678"'.length + 1);
  });

  it("count requests by method, route pattern and class of status, and how long they took", async () => {
    const kv = kvAt(service().address, "metrics.requests");
    const before = await scrape(service().address);
    await kv.put("k", "1");
    await kv.get("k");
    await kv.get("k");
    await kv.get("missing");
    await kv.put("k", "{");
    const after = await scrape(service().address);
    const grown = (name: string, labels: Record<string, string>) => after.of(name, labels) - before.of(name, labels);
    const requests = (method: string, status: string) =>
      grown("nskv_http_requests_total", { method, route: ROUTE, status });
    expect([requests("PUT", "2xx"), requests("PUT", "4xx")]).toEqual([1, 1]);
    expect([requests("GET", "2xx"), requests("GET", "4xx")]).toEqual([2, 1]);
    expect(grown("nskv_http_request_duration_seconds_count", { method: "GET", route: ROUTE })).toBe(3);
    expect(grown("nskv_http_request_duration_seconds_bucket", { method: "GET", route: ROUTE, le: "+Inf" })).toBe(3);
    expect(after.of("nskv_http_requests_in_flight")).toBe(1);
    expect(grown("nskv_http_request_body_bytes_total", {})).toBe(2);
    // The embedded store knows the second by itself, unless something else changed meanwhile.
    expect([2, 3]).toContain(grown("nskv_batched_requests_total", { queue: "find" }));
    expect(grown("nskv_batched_requests_total", { queue: "commit" })).toBe(1);
    expect(grown("nskv_database_statements_total", { statement: "commit", outcome: "ok" })).toBe(1);
    expect(grown("nskv_object_store_operations_total", { operation: "put", outcome: "ok" })).toBe(1);
    expect(grown("nskv_cache_hits_total", {})).toBe(2);
  });

  it("count a caller who went away in the middle, and call it no error of the store", async () => {
    const { port, hostname } = new URL(service().address);
    const upload = connect(Number(port), hostname);
    upload.write(
      `PUT /api/v1/main/namespaces/metrics.aborted/kv/k HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"${"x".repeat(100_000)}`,
    );
    const before = await scrape(service().address);
    await sleep(100);
    upload.destroy();
    const aborted = async () => (await scrape(service().address)).of("nskv_http_requests_total", { status: "aborted" });
    await expect.poll(aborted, { timeout: 30_000 }).toBe(1);
    const after = await scrape(service().address);
    const errors = { operation: "put", outcome: "error" };
    expect(after.of("nskv_object_store_operations_total", errors)).toBe(
      before.of("nskv_object_store_operations_total", errors),
    );
  });

  it("have no label that a caller can make: no namespace, no key, no strange path or method", async () => {
    const kv = kvAt(service().address, "metrics.canary");
    await kv.put("canary-key", '"canary-value"', "?description=canary-text");
    await kv.send("GET", "/namespaces/metrics.canary/kv?q=canary&prefix=canary&sort=updated");
    await kv.send("POST", "/namespaces/metrics.canary/kv:batch", { body: '{"operations": []}' });
    for (const path of ["/canary-path", "/api/v1/canary-tenant/canary", "/docs/canary.js"])
      await fetch(`${service().address}${path}`, { method: "OPTIONS" });
    const { text, lines } = await scrape(service().address);
    expect(text).not.toContain("canary");
    expect(lines.some(({ labels }) => labels["route"] === "none" && labels["method"] === "other")).toBe(true);
    expect(lines.some(({ labels }) => labels["statement"] === "list")).toBe(true);
  });

  it("are those of docs/metrics.md, named as Prometheus wants it", async () => {
    const { text } = await scrape(service().address);
    const page = await readFile("docs/metrics.md", "utf8");
    const rows = [...page.matchAll(/^\| `(nskv_\w+)` +\| (\w+)/gm)].map(([, name, type]) => `${name} ${type}`);
    expect(rows.sort()).toEqual(declared(text).sort());
    for (const row of rows) {
      const [name = "", type] = row.split(" ");
      expect(name.endsWith("_total")).toBe(type === "counter");
      if (type === "histogram") expect(name).toMatch(/_seconds$/);
    }
  });

  it("tell of the process: memory, event loop, version", async () => {
    const { text } = await scrape(service().address);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds \S+$/m);
    expect(text).toMatch(/^nskv_build_info\{version="\d+\.\d+\.\d+"\} 1$/m);
  });
});
