import { Hono } from "hono";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { READY_SECONDS_MAX } from "../../api/limits.ts";
import type { Stores } from "../domain/writes.ts";
import type { Env } from "./env.ts";
import { operationRoutes } from "./operations.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function readiness(ready: () => Promise<void>) {
  const app = new Hono<Env>();
  const stores = { metadata: { ready }, objects: { ready: async () => undefined } } as unknown as Stores;
  operationRoutes(
    app,
    stores,
    { draining: () => false, metrics: { contentType: "text/plain", text: async () => "" } },
    () => ({}),
  );
  return app.request("/readyz");
}

it("a store that does not answer is one that is away, after a few seconds", async () => {
  const asked = readiness(() => new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(READY_SECONDS_MAX * 1_000);
  expect((await asked).status).toBe(503);
});

it("a store that answers or fails is not waited for", async () => {
  expect((await readiness(async () => undefined)).status).toBe(200);
  const away = () => Promise.reject(new Error("away"));
  expect((await readiness(away)).status).toBe(503);
  expect(vi.getTimerCount()).toBe(0);
});
