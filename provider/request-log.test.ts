import { expect, it } from "vitest";
import { createKey } from "../api/client.ts";
import { answering } from "../test/support/stub-server.ts";
import { isLogging, logRequests } from "./request-log.ts";

it.each([
  { env: {}, logs: false },
  { env: { TF_LOG: "" }, logs: false },
  { env: { TF_LOG: "off" }, logs: false },
  { env: { TF_LOG: "INFO", TF_LOG_PROVIDER: "OFF" }, logs: false },
  { env: { TF_LOG: "TRACE" }, logs: true },
  { env: { TF_LOG_PROVIDER: "DEBUG" }, logs: true },
])("with $env it logs: $logs", ({ env, logs }) => {
  expect(isLogging(env)).toBe(logs);
});

it("a request is a line of hclog's JSON with its URL, status, time and size, and without its body and headers", async () => {
  const lines: string[] = [];
  logRequests((line) => lines.push(line));
  const stub = await answering(() => ({ status: 200, type: "application/json", body: '{"etag":"s3cr3t"}' }));
  const api = {
    endpoint: stub.address,
    tenant: "main",
    authorization: "s3cr3t",
    door: "terraform",
    timeoutMs: 5_000,
  } as const;
  const create = () =>
    createKey(api, { namespace: "a", key: "k" }, { value: '"s3cr3t"' }, "once", AbortSignal.timeout(10_000));
  await create();
  await stub.close();
  await expect(create()).rejects.toThrow("connection refused");
  const url = `${stub.address}/api/v1/main/namespaces/a/kv:entry?key=k`;
  const line = {
    "@level": "debug",
    "@timestamp": expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    method: "PUT",
    url,
    ms: expect.any(Number),
    bytes_sent: 18,
  };
  const refused = { ...line, error: expect.stringMatching(/connection (refused|was closed)/), bytes_received: 0 };
  expect(lines.map((text) => JSON.parse(text))).toMatchObject([
    { ...line, status: 200, bytes_received: 17 },
    ...new Array(4).fill(refused),
  ]);
  expect(lines.every((text) => text.endsWith("\n"))).toBe(true);
  expect(lines.join("")).not.toContain("s3cr3t");
});
