import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
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

const lines: string[] = [];
const server = createServer((_, response) => response.writeHead(204).end());

beforeAll(async () => {
  logRequests((line) => lines.push(line));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it("a request is a line of hclog's JSON with its URL, status and time, and without its body and headers", async () => {
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await fetch(`${address}/path?key=k`, { method: "PUT", body: "s3cr3t", headers: { Authorization: "s3cr3t" } });
  const line = lines.find((text) => text.includes(address)) ?? "";
  expect(JSON.parse(line)).toMatchObject({
    "@level": "debug",
    "@timestamp": expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    method: "PUT",
    url: `${address}/path?key=k`,
    status: 204,
    ms: expect.any(Number),
  });
  expect(line.endsWith("\n")).toBe(true);
  expect(line).not.toContain("s3cr3t");
});
