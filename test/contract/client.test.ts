import { once } from "node:events";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createKey, deleteKey, patchKey, readKey } from "../../api/client.ts";
import { describeKey } from "../../api/describe.ts";
import { ForeignAnswerError, ProblemError, UnreachableError } from "../../api/failures.ts";
import { EntryPageView } from "../../api/schema/list.ts";
import {
  BatchView,
  EntryView,
  ExpiredView,
  KeysView,
  ListedEntryView,
  ProblemView,
  ValueView,
} from "../../api/schema.ts";
import type { Api } from "../../api/transport.ts";
import { serverIdentity } from "../../provider/go-plugin/certificate.ts";
import { freshNamespace, kvAt } from "../support/kv.ts";
import { PAIRS, type RunningService, type StoragePair, startService } from "../support/service.ts";
import { answering } from "../support/stub-server.ts";

const signal = AbortSignal.timeout(120_000);
let storage: StoragePair;
let service: RunningService;

beforeAll(async () => {
  storage = (await PAIRS[0]?.open()) as StoragePair;
  service = await startService(storage);
});
afterAll(async () => {
  await service.stop();
  await storage.drop();
});

const apiAt = (endpoint: string): Api => ({
  endpoint,
  tenant: "main",
  authorization: undefined,
  door: "terraform",
  timeoutMs: 2_000,
});

describe("every answer is what the contract says, no member more or less", () => {
  it("entries, values, lists, problems and expired keys", async () => {
    const at = kvAt(service.address, freshNamespace());
    const put = await at.put("k", '{"a":1}', "?ttl=P1D&description=d");
    z.strictObject(EntryView.shape).parse(await put.json());
    z.strictObject(EntryView.shape).parse(await (await at.patch("k", { labels: { a: "b" } })).json());
    const value = z.strictObject(ValueView.shape).parse(await (await at.get("k")).json());
    const list = await (await at.send("GET", `/namespaces/${value.namespace}/kv`)).json();
    z.array(z.strictObject(ListedEntryView.shape)).length(1).parse(list);
    const page = await (await at.send("GET", "/kv?size=1")).json();
    z.array(z.strictObject(ListedEntryView.shape))
      .length(1)
      .parse(z.strictObject(EntryPageView.shape).parse(page).results);
    z.strictObject(ProblemView.shape).parse(await (await at.get("missing")).json());
    z.strictObject(ProblemView.shape).parse(await (await at.put("k", "{")).json());
    z.strictObject(ProblemView.shape).parse(await (await at.put("k", "1", "", { "If-None-Match": "*" })).json());
    const batch = (body: object) =>
      at.send("POST", `/namespaces/${value.namespace}/kv:batch`, { body: JSON.stringify(body) });
    const put2 = { op: "put", key: "k", value: 2 };
    const refused = { ...put2, ifNoneMatch: "*" };
    const operations = [put2, { op: "get", key: "k" }, { op: "delete", key: "missing" }, refused];
    const answer = await (await batch({ operations })).json();
    const { results } = z.strictObject(BatchView.shape).parse(answer);
    z.array(z.strictObject(BatchView.shape.results.element.shape)).length(4).parse(results);
    z.strictObject(ProblemView.shape).parse(await (await batch({ operations: [refused], atomic: true })).json());
    const removal = { body: '{"keys":["none"]}' };
    const removed = await (await at.send("DELETE", `/namespaces/${value.namespace}/kv`, removal)).json();
    z.strictObject(KeysView.shape).parse(removed);
    await at.put("gone", "1", "?ttl=PT0.01S");
    await expect.poll(async () => (await at.get("gone", "?peek=true")).status).toBe(410);
    z.strictObject(ExpiredView.shape).parse(await (await at.get("gone")).json());
  });
});

describe("the client", () => {
  it("creates, reads with every digit, changes and deletes a key that no path could carry", async () => {
    const api = apiAt(service.address);
    const at = { namespace: freshNamespace(), key: ".." };
    const created = await createKey(api, at, { value: '{"n": 1.10}', type: "JSON", ttl: "P1D" }, "one", signal);
    expect(await createKey(api, at, { value: '{"n": 1.10}', type: "JSON", ttl: "P1D" }, "one", signal)).toEqual(
      created,
    );
    expect(await readKey(api, at, signal)).toMatchObject({
      state: "live",
      value: '{"n": 1.10}',
      readAt: expect.any(Date),
      entry: { etag: created.etag, door: "terraform" },
    });
    const changed = await patchKey(api, at, { value: "1e400", type: "NUMBER" }, created.etag, "two", signal);
    expect(changed).toMatchObject({ revision: 2, ttl: "PT24H" });
    await expect(patchKey(api, at, { description: "d" }, created.etag, "three", signal)).rejects.toMatchObject({
      problem: { type: "/problems/stale", current: { revision: 2 } },
    });
    expect(await deleteKey(api, at, changed.etag, "four", signal)).toBe(true);
    expect(await readKey(api, at, signal)).toMatchObject({ state: "missing" });
  });

  it("reads and describes a key as it was, and the nearest one above", async () => {
    const api = apiAt(service.address);
    const above = freshNamespace();
    const at = { namespace: above, key: "a/b" };
    for (const key of ["a/b", "a/bc"]) await kvAt(service.address, above).put(key, "1");
    await kvAt(service.address, above).put("a/b", "22");
    const below = { namespace: `${above}.below`, key: "a/b" };
    for (const [place, which, found] of [
      [at, {}, { revision: 2, size: 2, namespace: above }],
      [at, { revision: 1 }, { revision: 1, size: 1, namespace: above }],
      [below, { inherit: true }, { revision: 2, size: 2, namespace: above }],
    ] as const) {
      const read = await readKey(api, place, signal, which);
      const described = await describeKey(api, place, which, signal);
      expect(read).toMatchObject({ state: "live", entry: found });
      expect(described).toMatchObject({ state: "live", entry: found });
      const [entry, rest] = read.state === "live" && described.state === "live" ? [read.entry, described.entry] : [];
      for (const [member, value] of Object.entries(rest ?? {})) expect(entry).toMatchObject({ [member]: value });
    }
    for (const [place, which] of [
      [below, {}],
      [{ ...at, key: "a/" }, {}],
      [at, { revision: 3 }],
    ] as const) {
      expect(await readKey(api, place, signal, which)).toMatchObject({ state: "missing" });
      expect(await describeKey(api, place, which, signal)).toEqual({ state: "missing" });
    }
    await kvAt(service.address, above).put("gone", "1", "?ttl=PT0.01S");
    const gone = { ...at, key: "gone" };
    await expect.poll(async () => (await readKey(api, gone, signal)).state).toBe("expired");
    expect(await describeKey(api, gone, {}, signal)).toEqual(await readKey(api, gone, signal));
    await kvAt(service.address, above).delete("a/b");
    expect(await describeKey(api, at, { revision: 3 }, signal)).toEqual({ state: "missing" });
    expect(await describeKey(api, at, { revision: 2 }, signal)).toMatchObject({ state: "live" });
  });

  it.each([
    ["a proxy's 401 with a page", { status: 401, type: "text/html", body: "<html>login</html>" }, "credentials"],
    ["a page with 200", { status: 200, type: "text/html", body: "<html>welcome</html>" }, "Check the endpoint"],
    [
      "JSON of another service",
      { status: 200, type: "application/json", body: '{"hello":"world"}' },
      "Check the endpoint",
    ],
    ["a redirect", { status: 302, type: "text/html", body: "" }, "Check the endpoint"],
    ["somebody's 404", { status: 404, type: "application/json", body: '{"error":"not found"}' }, "Check the endpoint"],
  ])("tells %s from an answer of ours", async (_, answer, hint) => {
    const stub = await answering(() => answer);
    const failure = await readKey(apiAt(stub.address), { namespace: "a", key: "k" }, signal).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(ForeignAnswerError);
    expect((failure as Error).message).toContain(`${stub.address}/api/v1/main/namespaces/a/kv:entry?key=k`);
    expect((failure as Error).message).toContain(hint);
    expect((failure as Error).message).not.toContain("<html>");
    await stub.close();
  });

  it("rides out a service that is away for a moment, with the same Idempotency-Key, and obeys Retry-After", async () => {
    const seen: string[] = [];
    const stub = await answering(({ headers }) => {
      seen.push(`${headers["idempotency-key"]}`);
      return seen.length < 3
        ? { status: 503, type: "text/plain", body: "", headers: { "Retry-After": "0" } }
        : { status: 200, type: "application/json", body: '{"etag":"e","revision":1}' };
    });
    await createKey(apiAt(stub.address), { namespace: "a", key: "k" }, { value: "1" }, "once", signal);
    expect(seen).toEqual(["once", "once", "once"]);
    await stub.close();
  });

  it.each([
    { status: 429, after: "0" },
    { status: 500, after: undefined },
    { status: 503, after: new Date(Date.now() - 60_000).toUTCString() },
    { status: 503, after: "soon" },
  ])("tries again after $status with Retry-After: $after", async ({ status, after }) => {
    let asked = 0;
    const stub = await answering(() =>
      ++asked === 1
        ? { status, type: "text/plain", body: "", headers: after === undefined ? {} : { "Retry-After": after } }
        : { status: 200, type: "application/json", body: '{"etag":"e"}' },
    );
    await createKey(apiAt(stub.address), { namespace: "a", key: "k" }, { value: "1" }, "once", signal);
    expect(asked).toBe(2);
    await stub.close();
  });

  it.each([["3600"], [new Date(Date.now() + 3_600_000).toUTCString()]])(
    "does not wait for an hour, though Retry-After says %s",
    async (after) => {
      const stub = await answering(() => ({
        status: 503,
        type: "text/html",
        body: "",
        headers: { "Retry-After": after },
      }));
      const at = { namespace: "a", key: "k" };
      await expect(readKey(apiAt(stub.address), at, signal)).rejects.toBeInstanceOf(ForeignAnswerError);
      await stub.close();
    },
  );

  it("tells a certificate that nobody vouches for, and what is no TLS and no HTTP at all", async () => {
    const { certificate, keyPem: key } = serverIdentity();
    const cert = `-----BEGIN CERTIFICATE-----\n${certificate.toString("base64")}\n-----END CERTIFICATE-----\n`;
    const tls = createTlsServer({ cert, key }, () => undefined).listen(0, "127.0.0.1");
    let asked = 0;
    tls.on("connection", () => asked++);
    const raw = createServer((socket) => socket.end("SSH-2.0-OpenSSH\r\n"))
      .on("connection", () => asked++)
      .listen(0, "127.0.0.1");
    await Promise.all([once(tls, "listening"), once(raw, "listening")]);
    const [secure, other] = [tls, raw].map((server) => (server.address() as AddressInfo).port);
    const failure = (address: string) =>
      createKey(apiAt(address), { namespace: "a", key: "k" }, { value: "1" }, "once", signal).catch((error) => error);
    expect(await failure(`https://localhost:${secure}`)).toMatchObject({
      perhapsDone: false,
      message: expect.stringContaining("self-signed; name its authority in NODE_EXTRA_CA_CERTS"),
    });
    expect(await failure(`https://127.0.0.1:${other}`)).toMatchObject({
      perhapsDone: false,
      message: expect.stringContaining("does not speak TLS there"),
    });
    expect(asked).toBe(2); // neither is tried again
    expect((await failure(`http://127.0.0.1:${other}`)).message).toContain("does not speak HTTP");
    const withoutTls = await failure(`http://localhost:${secure}`);
    expect(withoutTls.message).toContain("if the host speaks TLS there, it begins with https://");
    tls.close();
    raw.close();
  });

  it("gives up on a service that never answers, and says so", async () => {
    const stub = await answering(() => undefined);
    const api = { ...apiAt(stub.address), timeoutMs: 100 };
    await expect(readKey(api, { namespace: "a", key: "k" }, signal)).rejects.toThrow("no answer came in time");
    await stub.close();
  });

  it("waits for a service that never answers once, and not four times", async () => {
    const seen: string[] = [];
    const stub = await answering(({ method }) => {
      seen.push(`${method}`);
      return undefined;
    });
    const api = { ...apiAt(stub.address), timeoutMs: 100 };
    const creating = createKey(api, { namespace: "a", key: "k" }, { value: "1" }, "once", signal);
    await expect(creating).rejects.toMatchObject({ timedOut: true, perhapsDone: true });
    expect(seen).toEqual(["PUT"]);
    await stub.close();
  });

  it("knows that nothing was done when all the time went by without a connection", async () => {
    const held: Socket[] = [];
    const mute = createServer((socket) => void held.push(socket)).listen(0, "127.0.0.1");
    await once(mute, "listening");
    const address = `https://127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const api = { ...apiAt(address), timeoutMs: 200 };
    const creating = createKey(api, { namespace: "a", key: "k" }, { value: "1" }, "once", signal);
    await expect(creating).rejects.toMatchObject({
      perhapsDone: false,
      timedOut: true,
      message: expect.stringContaining("the host does not answer"),
    });
    expect(held).toHaveLength(1);
    for (const socket of held) socket.destroy();
    mute.close();
  });

  it("knows that nothing was done when no try got through, and does not when one may have", async () => {
    const create = (address: string) =>
      createKey(apiAt(address), { namespace: "a", key: "k" }, { value: "1" }, "once", signal).catch(
        (error: unknown) => error,
      );
    const stub = await answering(() => undefined);
    await stub.close();
    expect(await create(stub.address)).toMatchObject({ perhapsDone: false });
    const dying = await answering(() => {
      setTimeout(() => void dying.close(), 10);
      return { status: 503, type: "text/plain", body: "" };
    });
    expect(await create(dying.address)).toMatchObject({ name: "UnreachableError", perhapsDone: true });
  });

  it("names a port on which nothing listens", async () => {
    const stub = await answering(() => undefined);
    await stub.close();
    const failure = await readKey(apiAt(stub.address), { namespace: "a", key: "k" }, signal).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(UnreachableError);
    expect((failure as Error).message).toContain("connection refused");
  });

  it("ends at once when its caller does", async () => {
    const stub = await answering(() => undefined);
    const reason = new Error("stopped on purpose");
    const reading = readKey(
      apiAt(stub.address),
      { namespace: "a", key: "k" },
      AbortSignal.any([signal, abortedSoon(reason)]),
    );
    await expect(reading).rejects.toBe(reason);
    await stub.close();
  });

  it("passes the service's own refusals on", async () => {
    const failure = await createKey(
      apiAt(service.address),
      { namespace: "a..b", key: "k" },
      { value: "1" },
      "x",
      signal,
    ).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ProblemError);
    expect((failure as ProblemError).problem).toMatchObject({ field: "namespace", status: 422 });
  });
});

function abortedSoon(reason: Error): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 50);
  return controller.signal;
}
