import { describe, expect, it, vi } from "vitest";
import { bool, map, nullOf, num, str, unknownOf } from "../cty/make.ts";
import { DYNAMIC, STRING } from "../cty/type.ts";
import { attribute, type ObjectValue } from "../cty/value.ts";
import {
  answers,
  CURRENT,
  diagnosticOf,
  ENDED,
  ENTRY,
  expired,
  json,
  PLANNED,
  problem,
  said,
  session,
  stubbedService,
} from "./fixture-kv.ts";
import { namespaceKv } from "./namespace-kv.ts";

const kv = stubbedService();

/** As apply calls it: the configuration says what is planned. */
const create = (planned: ObjectValue, on = session()) =>
  namespaceKv.create(planned, on, { config: planned, notes: {} });

const lostThenRefused = () => new Response("", { status: kv.sent.length === 1 ? 502 : 403 });

describe("create", () => {
  it("writes only where there is nothing, under an idempotency key, and never lets the type be guessed", async () => {
    const { state } = await create(PLANNED);
    expect(kv.sent).toMatchObject([
      {
        method: "PUT",
        url: "http://kv.test/api/v1/main/namespaces/company.team/kv:entry?key=a%2Fb",
        body: '{"type":"NUMBER","value":1.5}',
      },
    ]);
    expect(kv.sent[0]?.headers.get("if-none-match")).toBe("*");
    expect(kv.sent[0]?.headers.get("idempotency-key")).toMatch(/^[0-9a-f-]{36}$/);
    expect(state && attribute(state, "etag")).toEqual(str("0190-four"));
    expect(state && attribute(state, "id")).toEqual(str("company.team/a/b"));
  });

  it("sends a TTL and a description that were written", async () => {
    await create(said({ value: str("v"), type: str("STRING"), ttl: str("P1D"), description: str("d") }));
    expect(JSON.parse(kv.sent[0]?.body ?? "")).toEqual({ value: "v", type: "STRING", ttl: "P1D", description: "d" });
  });

  it("sends an end, labels and a mark that were written", async () => {
    const end = "2036-01-31T12:00:00Z";
    const says = { expires_at: str(end), labels: map(STRING, { a: str("b") }), secret: bool(false) };
    const { notes } = await create(said({ value: num(1), type: str("NUMBER"), ...says }));
    const body = { value: 1, type: "NUMBER", expiresAt: end, labels: { a: "b" }, secret: false };
    expect(JSON.parse(kv.sent[0]?.body ?? "")).toEqual(body);
    expect(notes).toEqual({ lifetime: true });
  });

  it("over an existing key says who changed it last and how to import it", async () => {
    kv.answer = () => problem("already-exists", 412, { current: CURRENT });
    const { summary, detail, path } = await diagnosticOf(create(PLANNED));
    expect(summary).toBe("Key exists already");
    expect(detail).toContain("at revision 9, changed by bob through the HTTP API at 2026-01-03T00:00:00.000000Z");
    expect(detail).toContain("terraform import namespace_kv.<name> 'company.team/a/b'");
    expect(detail).toContain('id = "company.team/a/b"');
    expect(path).toEqual([{ attribute: "key" }]);
  });

  it("quotes the ID for a shell and for HCL", async () => {
    kv.answer = () => problem("already-exists", 412);
    const { detail } = await diagnosticOf(
      create(said({ key: str(`it's \${x} %{y}`), value: num(1), type: str("NUMBER") })),
    );
    expect(detail).toContain(`'company.team/it'\\''s \${x} %{y}'`);
    expect(detail).toContain(`id = "company.team/it's $\${x} %%{y}"`);
  });

  it("without a value writes nothing, unless the key exists", async () => {
    kv.answer = answers({});
    const { path, detail } = await diagnosticOf(create(said({ type: unknownOf(STRING), description: str("d") })));
    expect(path).toEqual([{ attribute: "key" }]);
    expect(detail).toContain('"company.team/a/b" does not exist');
    expect(kv.sent.map(({ method }) => method)).toEqual(["GET"]);
  });

  it("without a value changes the revision that it read, again when somebody is faster", async () => {
    let etag = 0;
    kv.answer = answers({
      read: () => json(200, { ...ENTRY, value: 5, etag: `0190-${++etag}` }),
      write: () => (etag < 3 ? problem("stale", 412) : json(200, ENTRY)),
    });
    const { notes } = await create(
      said({ type: unknownOf(STRING), description: str("d"), labels: map(STRING, { a: str("b") }) }),
    );
    expect(notes).toEqual({ metadataOnly: true });
    const writes = kv.sent.filter(({ method }) => method === "PATCH");
    expect(writes.map(({ headers }) => headers.get("if-match"))).toEqual(['"0190-1"', '"0190-2"', '"0190-3"']);
    expect(JSON.parse(writes[0]?.body ?? "")).toEqual({ description: "d", labels: { a: "b" } });
  });

  it.each([
    { key: "with a TTL of its own", entry: { ttl: "PT24H", expirationDate: "x" }, default: undefined, ttl: null },
    { key: "with an end of its own", entry: { expirationDate: "x" }, default: undefined, ttl: null },
    { key: "that ends by its namespace's default", entry: { expirationDate: "x" }, default: "P1D", ttl: undefined },
    { key: "that never ends", entry: {}, default: "P1D", ttl: undefined },
  ])("takes over a key $key, whose end is the configuration's", async ({ entry, default: defaultTtl, ttl }) => {
    kv.answer = ({ method, url }) => {
      if (method === "PUT") return problem("already-exists", 412, { current: CURRENT });
      if (!url.includes("kv:entry")) return json(200, { id: "company.team", declared: true, defaultTtl });
      return json(200, { ...ENTRY, ...entry, value: 5 });
    };
    await create(said({ value: num(1), type: str("NUMBER"), adopt_existing: bool(true) }));
    const { method, body, headers } = kv.sent.at(-1) ?? {};
    expect([method, headers?.get("if-match")]).toEqual(["PATCH", '"0190-four"']);
    expect(JSON.parse(body ?? "")).toEqual({ value: 1, type: "NUMBER", ...(ttl === null && { ttl }) });
  });

  it.each([
    { says: { ttl: str("P1D") }, body: { ttl: "P1D" } },
    { says: { expires_at: str("2036-01-31T12:00:00Z") }, body: { expiresAt: "2036-01-31T12:00:00Z" } },
  ])("gives a key that it takes over the end that it says: $body", async ({ says, body }) => {
    const entry = { ...ENTRY, ttl: "PT24H", expirationDate: "x", value: 5 };
    kv.answer = ({ method }) => (method === "PUT" ? problem("already-exists", 412) : json(200, entry));
    await create(said({ value: num(1), type: str("NUMBER"), adopt_existing: bool(true), ...says }));
    expect(JSON.parse(kv.sent.at(-1)?.body ?? "")).toEqual({ value: 1, type: "NUMBER", ...body });
    expect(kv.sent.map(({ method }) => method)).toEqual(["PUT", "GET", "PATCH"]); // the namespace's default is no matter
  });

  it("without anything to say only looks whether the key is there", async () => {
    kv.answer = () => json(200, { ...ENTRY, value: 5 });
    const { state } = await create(said({ type: unknownOf(STRING) }));
    expect(kv.sent.map(({ method }) => method)).toEqual(["GET"]);
    expect(state && attribute(state, "type")).toEqual(str("NUMBER"));
  });

  it.each([
    { how: "deleted", read: () => problem("not-found", 404), says: '"company.team/a/b" does not exist' },
    { how: "swept", read: expired, says: `"company.team/a/b" expired at ${ENDED}` },
  ])("without a value says so when the key is $how before its write", async ({ read, says }) => {
    kv.answer = answers({
      read: () => (kv.sent.length === 1 ? json(200, { ...ENTRY, value: 5 }) : read()),
      write: () => problem("not-found", 404),
    });
    const { detail } = await diagnosticOf(create(said({ type: unknownOf(STRING), description: str("d") })));
    expect(detail).toContain(says);
    expect(kv.sent.map(({ method }) => method)).toEqual(["GET", "PATCH", "GET"]);
  });

  it("without a value gives up on a key that changes all the time", async () => {
    kv.answer = answers({ read: () => json(200, { ...ENTRY, value: 5 }), write: () => problem("stale", 412) });
    const { summary } = await diagnosticOf(create(said({ type: unknownOf(STRING), description: str("d") })));
    expect(summary).toBe("Key changed outside Terraform");
    expect(kv.sent.filter(({ method }) => method === "PATCH")).toHaveLength(5);
  });

  it("gives up taking over a key that changes all the time", async () => {
    kv.answer = answers({
      write: () => problem("already-exists", 412, { current: CURRENT }),
      read: () => problem("not-found", 404),
    });
    const { summary } = await diagnosticOf(
      create(said({ value: num(1), type: str("NUMBER"), adopt_existing: bool(true) })),
    );
    expect(summary).toBe("Key exists already");
    expect(kv.sent.filter(({ method }) => method === "PUT")).toHaveLength(5);
  });

  it("sends JSON as it is spelled, and a write-only value that only the configuration has", async () => {
    await create(said({ value_json: str('{"a": 1.0}'), type: str("JSON") }));
    expect(kv.sent[0]?.body).toBe('{"type":"JSON","value":{"a": 1.0}}');
    await create(said({ value_json: str('\ufeff{"a":1,"a":2}'), type: str("JSON") }));
    expect(kv.sent.pop()?.body).toBe('{"type":"JSON","value":{"a":1,"a":2}}'); // the mark is for Terraform
    const planned = said({ type: str("STRING"), value_wo_version: num(3) });
    const config = said({ value_wo: str("s3cr3t"), value_wo_version: num(3) });
    const { state, notes } = await namespaceKv.create(planned, session(), { config, notes: {} });
    expect(JSON.parse(kv.sent[1]?.body ?? "")).toEqual({ type: "STRING", value: "s3cr3t" });
    expect(state && attribute(state, "value_wo")).toEqual(nullOf(DYNAMIC));
    expect(notes).toEqual({ written: { digest: ENTRY.digest, version: "3" } });
  });

  it("of a value that the service refuses names the attribute that gives it", async () => {
    kv.answer = () => problem("invalid-value", 422, { field: "value" });
    const { path, detail } = await diagnosticOf(create(said({ value_json: str("1"), type: str("DATE") })));
    expect(path).toEqual([{ attribute: "value_json" }]);
    expect(detail).toContain('set "type" to the type that it has'); // and not what callers of HTTP are told
  });

  it("whose answers are lost repeats itself under one key, then says that it may have happened", async () => {
    vi.useFakeTimers();
    kv.answer = () => Promise.reject(new TypeError("fetch failed"));
    const work = diagnosticOf(create(PLANNED));
    await vi.runAllTimersAsync();
    expect((await work).detail).toContain('Whether "company.team/a/b" was created is not known');
    expect(new Set(kv.sent.map(({ headers }) => headers.get("idempotency-key"))).size).toBe(1);
    expect(kv.sent.length).toBeGreaterThan(1);
  });

  it("whose request never left says that nothing was created", async () => {
    vi.useFakeTimers();
    const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    kv.answer = () => Promise.reject(new TypeError("fetch failed", { cause: refused }));
    const work = diagnosticOf(create(PLANNED));
    await vi.runAllTimersAsync();
    expect((await work).detail).toMatch(/connection refused.*"company\.team\/a\/b" was not created\./);
    expect(kv.sent.length).toBeGreaterThan(1);
  });

  it.each([
    {
      by: "the service, which cannot reach its store",
      last: () => problem("unavailable", 503),
      says: /\/readyz tells/,
    },
    { by: "a proxy", last: () => new Response("", { status: 502 }), says: /cannot reach it/ },
    { by: "a proxy that refuses what another one lost", last: lostThenRefused, says: /asks for credentials/ },
  ])("that is answered by $by says that it may have happened", async ({ last, says }) => {
    vi.useFakeTimers();
    kv.answer = () => last();
    const work = diagnosticOf(create(PLANNED));
    await vi.runAllTimersAsync();
    const { detail } = await work;
    expect(detail).toMatch(says);
    expect(detail).toContain('Whether "company.team/a/b" was created is not known');
  });

  it("that is interrupted says that it may have happened", async () => {
    const stop = new AbortController();
    kv.answer = () => {
      stop.abort(new Error("stop"));
      return Promise.reject(new TypeError("fetch failed"));
    };
    const { summary, detail } = await diagnosticOf(create(PLANNED, { ...session(), writeSignal: stop.signal }));
    expect(summary).toBe("Interrupted");
    expect(detail).toContain("is not known");
  });
});
