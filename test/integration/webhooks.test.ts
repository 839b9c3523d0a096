import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeliveryView, WebhookWithSecretView } from "../../api/schema/webhooks.ts";
import { freshNamespace, type Kv, kvAt } from "../support/kv.ts";
import { PAIRS, type RunningService, type StoragePair, startService } from "../support/service.ts";

interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A receiver that answers as it is told, 204 unless told otherwise. */
async function receiver() {
  const received: Received[] = [];
  let answer: { readonly status: number; readonly headers?: Record<string, string> } = { status: 204 };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    received.push({ headers: request.headers, body });
    response.writeHead(answer.status, answer.headers).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    messages: () => received.map(({ body }) => JSON.parse(body) as { type: string; data: Record<string, unknown> }),
    answers: (status: number, headers?: Record<string, string>) => {
      answer = { status, ...(headers && { headers }) };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Quick enough to see a message die. */
const QUICK = { NSKV_WEBHOOK_RETRY_SECONDS: "0.1,0.2", NSKV_LOG_LEVEL: "trace" };
const SOON = { timeout: 20_000 };

describe.each(PAIRS.filter(({ skip }) => !skip))("webhooks, $pair", ({ open }) => {
  let storage: StoragePair;
  let service: RunningService;
  let kv: Kv;
  beforeAll(async () => {
    storage = await open();
    service = await startService({ ...storage, env: { ...storage.env, ...QUICK } });
    kv = kvAt(service.address, freshNamespace());
  });
  afterAll(async () => {
    await service?.stop();
    await storage?.drop();
  });

  const namespaceOf = async () => (await (await kv.put("which", "1")).json()).namespace;
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    kv.send(method, `/webhooks${path}`, {
      headers: { "Content-Type": "application/json", ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const create = async (fields: object) => {
    const answer = await send("POST", "", fields);
    expect(answer.status).toBe(201);
    return answer.json<WebhookWithSecretView>();
  };
  const deliveries = async (id: string, state: "dead" | "pending") =>
    (await send("GET", `/${id}/deliveries?state=${state}`)).json<DeliveryView[]>();

  it("tells of every change in its scope, signed, and never of a value", async () => {
    const hook = await receiver();
    const namespace = await namespaceOf();
    const { id, secret } = await create({ url: hook.url, namespace, prefix: "told/", events: ["put", "delete"] });
    await kv.put("told/a", '"canary-7f3a"');
    await kv.put("other", "1");
    await kv.delete("told/a");
    await expect.poll(() => hook.received.length, SOON).toBe(2);
    expect(hook.messages().sort((a, b) => Number(a.data["id"]) - Number(b.data["id"]))).toMatchObject([
      { type: "kv.put", data: { namespace, key: "told/a", revision: 1, by: "anonymous", door: "http" } },
      { type: "kv.delete", data: { namespace, key: "told/a", revision: 2 } },
    ]);
    for (const { headers, body } of hook.received) {
      const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
      const key = Buffer.from(secret.replace("whsec_", ""), "base64");
      expect(headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
      expect(body).not.toContain("canary-7f3a");
    }
    await expect.poll(async () => (await send("GET", `/${id}`)).json(), SOON).toMatchObject({ pending: 0, dead: 0 });
    expect(await (await send("DELETE", `/${id}`)).json()).toBe(true);
    await hook.close();
  });

  it("tries a failure again, lists it as dead letter after the last attempt, and tries it anew by request", async () => {
    const hook = await receiver();
    hook.answers(500);
    const { id } = await create({ url: hook.url, namespace: await namespaceOf(), prefix: "dies" });
    await kv.put("dies", "1");
    await expect
      .poll(() => deliveries(id, "dead"), SOON)
      .toMatchObject([
        { type: "kv.put", key: "dies", attempts: 3, nextAt: null, failure: "The receiver answered 500." },
      ]);
    expect(new Set(hook.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(hook.received).toHaveLength(3);
    hook.answers(204);
    expect(await (await send("POST", `/${id}/deliveries:retry`)).json()).toEqual({ retried: 1 });
    await expect.poll(() => hook.received.length, SOON).toBe(4);
    await expect.poll(() => deliveries(id, "dead"), SOON).toEqual([]);
    await send("DELETE", `/${id}`);
    await hook.close();
  });

  it("puts off what a receiver puts off, and leaves alone who is gone", async () => {
    const hook = await receiver();
    hook.answers(503, { "Retry-After": "3600" });
    const { id } = await create({ url: hook.url, namespace: await namespaceOf(), prefix: "busy" });
    await kv.put("busy", "1");
    await expect.poll(() => deliveries(id, "pending"), SOON).toMatchObject([{ attempts: 1 }]);
    const [waiting] = await deliveries(id, "pending");
    expect(Date.parse(waiting?.nextAt ?? "") - Date.now()).toBeGreaterThan(3_000_000);
    hook.answers(410);
    await kv.put("busy", "2");
    const gone = { enabled: false, disabledBecause: "The receiver answered 410." };
    await expect.poll(async () => (await send("GET", `/${id}`)).json(), SOON).toMatchObject(gone);
    expect((await send("PATCH", `/${id}`, { enabled: true })).status).toBe(200);
    expect(await (await send("GET", `/${id}`)).json()).toMatchObject({ enabled: true, disabledBecause: null });
    await send("DELETE", `/${id}`);
    await hook.close();
  });

  it("follows no redirect: whoever is named is told, and nobody else", async () => {
    const [hook, elsewhere] = [await receiver(), await receiver()];
    hook.answers(307, { Location: elsewhere.url });
    const { id } = await create({ url: hook.url, namespace: await namespaceOf(), prefix: "moved" });
    await kv.put("moved", "1");
    await expect
      .poll(() => deliveries(id, "dead"), SOON)
      .toMatchObject([{ attempts: 3, failure: "The receiver answered 307." }]);
    expect([hook.received.length, elsewhere.received.length]).toEqual([3, 0]);
    await send("DELETE", `/${id}`);
    await Promise.all([hook.close(), elsewhere.close()]);
  });

  it("loses nothing when the service is killed, and goes on where it stood", async () => {
    const hook = await receiver();
    hook.answers(500);
    const { id } = await create({ url: hook.url, namespace: await namespaceOf(), prefix: "kept/" });
    const keys = Array.from({ length: 20 }, (_, at) => `kept/${at}`);
    await Promise.all(keys.map((key) => kv.put(key, "1")));
    await service.kill();
    hook.answers(204);
    service = await startService({ ...storage, env: { ...storage.env, ...QUICK } });
    kv = kvAt(service.address, freshNamespace());
    await send("POST", `/${id}/deliveries:retry`);
    const told = () => new Set(hook.messages().map(({ data }) => data["key"])).size;
    await expect.poll(told, SOON).toBe(keys.length);
    await send("DELETE", `/${id}`);
    await hook.close();
  });

  it("shows a secret once, signs by two while it is rotated, and makes one webhook of a repeated request", async () => {
    const hook = await receiver();
    const namespace = await namespaceOf();
    const fields = { url: hook.url, namespace, prefix: "rotated" };
    const repeat = { "Idempotency-Key": `hook-${namespace}` };
    const [first, again] = [await send("POST", "", fields, repeat), await send("POST", "", fields, repeat)];
    const made = await first.json<WebhookWithSecretView>();
    expect(await again.json<WebhookWithSecretView>()).toMatchObject({ id: made.id, secret: made.secret });
    expect(await (await send("GET", `/${made.id}`)).text()).not.toContain("whsec_");
    const rotated = await (await send("POST", `/${made.id}/secret:rotate`)).json<WebhookWithSecretView>();
    expect(rotated.secret).not.toBe(made.secret);
    await kv.send("PUT", `/namespaces/${namespace}/kv/rotated`, { body: "1" });
    await expect.poll(() => hook.received.length, SOON).toBe(1);
    expect(`${hook.received[0]?.headers["webhook-signature"]}`.split(" ")).toHaveLength(2);
    expect(service.log()).not.toContain("whsec_");
    await send("DELETE", `/${made.id}`);
    await hook.close();
  });

  it.each([
    { body: { url: "ftp://example.com" }, status: 422, field: "url" },
    { body: { url: "http://name:password@example.com/" }, status: 422, field: "url" },
    { body: { url: 5 }, status: 422, field: "url" },
    { body: {}, status: 422, field: "url" },
    { body: { url: "http://example.com", events: [] }, status: 422, field: "events" },
    { body: { url: "http://example.com", events: ["read"] }, status: 422, field: "events" },
    { body: { url: "http://example.com", namespace: "a..b" }, status: 422, field: "namespace" },
    { body: { url: "http://example.com", prefix: "a\0b" }, status: 422, field: "prefix" },
    { body: { url: "http://example.com", enabled: null }, status: 422, field: "enabled" },
    { body: { url: "http://example.com", secret: "mine" }, status: 422, field: "secret" },
    { body: ["http://example.com"], status: 400, field: "body" },
  ])("refuses $body", async ({ body, status, field }) => {
    const answer = await send("POST", "", body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ field });
  });

  it.each([
    { method: "GET", path: "/no-such-id" },
    { method: "GET", path: "/%00" },
    { method: "PATCH", path: "/no-such-id" },
    { method: "POST", path: "/no-such-id/secret:rotate" },
    { method: "GET", path: "/no-such-id/deliveries" },
    { method: "POST", path: "/no-such-id/deliveries:retry" },
  ])("$method $path finds nothing", async ({ method, path }) => {
    expect((await send(method, path, method === "GET" ? undefined : {})).status).toBe(404);
  });
});
