import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ProblemError } from "../../api/failures.ts";
import type { Api } from "../../api/transport.ts";
import { bool, map, nullOf, num, obj, str, unknownOf } from "../cty/make.ts";
import { DYNAMIC, NUMBER, STRING } from "../cty/type.ts";
import { attribute, isNull, type ObjectValue, type Value } from "../cty/value.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import type { Session } from "../schema/provider.ts";
import { directStore, type Store } from "../store/store.ts";
import { namespaceKv } from "./namespace-kv.ts";
import { NAMESPACE_KV } from "./namespace-kv-schema.ts";

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

const ENTRY = {
  namespace: "company.team",
  key: "a/b",
  type: "NUMBER",
  revision: 4,
  etag: "0190-four",
  size: 1,
  digest: "hmac-sha256:id:00",
  uri: "s3://bucket/object",
  description: "said elsewhere",
  labels: {},
  secret: false,
  ttl: null,
  creationDate: "2026-01-01T00:00:00.000000Z",
  updateDate: "2026-01-02T00:00:00.000000Z",
  expirationDate: null,
  createdBy: "ada",
  updatedBy: "ada",
  door: "http",
};
const CURRENT = {
  revision: 9,
  etag: "0190-nine",
  updateDate: "2026-01-03T00:00:00.000000Z",
  updatedBy: "bob",
  door: "http",
};

const json = (status: number, body: unknown, type = "application/json") =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": type } });

const problem = (name: string, status: number, members: object = {}) =>
  json(
    status,
    { type: `/problems/${name}`, title: "", status, detail: "", remedy: "", requestId: "r", ...members },
    "application/problem+json",
  );

const lostThenRefused = () => new Response("", { status: sent.length === 1 ? 502 : 403 });

const ENDED = "2026-01-04T00:00:00.000000Z";

let sent: Sent[];
let answer: (request: Sent) => Response | Promise<Response>;

beforeEach(() => {
  sent = [];
  answer = () => json(200, ENTRY);
  vi.stubGlobal("fetch", async (url: string, { method, headers, body }: RequestInit) => {
    const request = {
      method: `${method}`,
      url,
      headers: new Headers(headers),
      body: body ? Buffer.from(body as Uint8Array).toString() : "",
    };
    sent.push(request);
    return await answer(request);
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const API: Api = {
  endpoint: "http://kv.test",
  tenant: "main",
  authorization: undefined,
  door: "terraform",
  timeoutMs: 1_000,
};
const session = (): Session<Store> => ({
  client: directStore(API),
  signal: new AbortController().signal,
  writeSignal: new AbortController().signal,
});

const said = (values: Readonly<Record<string, Value>>) => {
  const unsaid = Object.entries(NAMESPACE_KV.attributes).map(([name, { type }]) => [name, nullOf(type)] as const);
  return obj({ ...Object.fromEntries(unsaid), namespace: str("company.team"), key: str("a/b"), ...values });
};
const PLANNED = said({ value: num("1.50"), type: str("NUMBER"), etag: unknownOf(STRING) });
const PRIOR = said({
  value: num(1),
  type: str("NUMBER"),
  ttl: str("P1D"),
  expires_at: str("2035-01-31T12:00:00.000000Z"),
  description: str("ours"),
  etag: str("0190-four"),
  revision: num(4),
  digest: str("hmac-sha256:id:00"),
  created_at: str(ENTRY.creationDate),
  expired: bool(false),
});
const changed = (values: Readonly<Record<string, Value>>) =>
  obj(new Map([...PRIOR.entries, ...Object.entries(values)]));

/** Calls as apply makes them: the configuration says what is planned. */
const create = (planned: ObjectValue, on = session()) =>
  namespaceKv.create(planned, on, { config: planned, notes: {} });
const update = (planned: ObjectValue, prior = PRIOR, notes = {}) =>
  namespaceKv.update(prior, planned, session(), { config: configOf(planned), notes });
/** An end that is known comes from the configuration, unless a TTL makes it. */
const configOf = (planned: ObjectValue) => {
  const hasEnd = attribute(planned, "expires_at").kind === "string" && isNull(attribute(planned, "ttl"));
  return hasEnd ? planned : obj(new Map([...planned.entries, ["expires_at", nullOf(STRING)]]));
};
/** The service's answers to each of the requests that an update makes when it is refused. */
const answers =
  (to: { readonly write?: () => Response; readonly read?: () => Response; readonly history?: () => Response }) =>
  ({ method, url }: Sent): Response => {
    const one = method !== "GET" ? to.write : url.includes("kv:revisions") ? to.history : to.read;
    return one?.() ?? problem("not-found", 404);
  };

async function diagnosticOf(work: Promise<unknown>) {
  const failure: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof DiagnosticError) return failure.diagnostic;
  throw failure ?? new Error("It did not fail.");
}

describe("create", () => {
  it("writes only where there is nothing, under an idempotency key, and never lets the type be guessed", async () => {
    const { state } = await create(PLANNED);
    expect(sent).toMatchObject([
      {
        method: "PUT",
        url: "http://kv.test/api/v1/main/namespaces/company.team/kv:entry?key=a%2Fb",
        body: '{"type":"NUMBER","value":1.5}',
      },
    ]);
    expect(sent[0]?.headers.get("if-none-match")).toBe("*");
    expect(sent[0]?.headers.get("idempotency-key")).toMatch(/^[0-9a-f-]{36}$/);
    expect(state && attribute(state, "etag")).toEqual(str("0190-four"));
    expect(state && attribute(state, "id")).toEqual(str("company.team/a/b"));
  });

  it("sends a TTL and a description that were written", async () => {
    await create(said({ value: str("v"), type: str("STRING"), ttl: str("P1D"), description: str("d") }));
    expect(JSON.parse(sent[0]?.body ?? "")).toEqual({ value: "v", type: "STRING", ttl: "P1D", description: "d" });
  });

  it("over an existing key says who changed it last and how to import it", async () => {
    answer = () => problem("already-exists", 412, { current: CURRENT });
    const { summary, detail, path } = await diagnosticOf(create(PLANNED));
    expect(summary).toBe("Key exists already");
    expect(detail).toContain("at revision 9, changed by bob through the HTTP API at 2026-01-03T00:00:00.000000Z");
    expect(detail).toContain("terraform import namespace_kv.<name> 'company.team/a/b'");
    expect(detail).toContain('id = "company.team/a/b"');
    expect(path).toEqual([{ attribute: "key" }]);
  });

  it("quotes the ID for a shell and for HCL", async () => {
    answer = () => problem("already-exists", 412);
    const { detail } = await diagnosticOf(
      create(said({ key: str(`it's \${x} %{y}`), value: num(1), type: str("NUMBER") })),
    );
    expect(detail).toContain(`'company.team/it'\\''s \${x} %{y}'`);
    expect(detail).toContain(`id = "company.team/it's $\${x} %%{y}"`);
  });

  it("without a value writes nothing, unless the key exists", async () => {
    answer = answers({});
    const { path, detail } = await diagnosticOf(create(said({ type: unknownOf(STRING), description: str("d") })));
    expect(path).toEqual([{ attribute: "key" }]);
    expect(detail).toContain('"company.team/a/b" does not exist');
    expect(sent.map(({ method }) => method)).toEqual(["GET"]);
  });

  it("without a value changes the revision that it read, again when somebody is faster", async () => {
    let etag = 0;
    answer = answers({
      read: () => json(200, { ...ENTRY, value: 5, etag: `0190-${++etag}` }),
      write: () => (etag < 3 ? problem("stale", 412) : json(200, ENTRY)),
    });
    const { notes } = await create(
      said({ type: unknownOf(STRING), description: str("d"), labels: map(STRING, { a: str("b") }) }),
    );
    expect(notes).toEqual({ metadataOnly: true });
    const writes = sent.filter(({ method }) => method === "PATCH");
    expect(writes.map(({ headers }) => headers.get("if-match"))).toEqual(['"0190-1"', '"0190-2"', '"0190-3"']);
    expect(JSON.parse(writes[0]?.body ?? "")).toEqual({ description: "d", labels: { a: "b" } });
  });

  it.each([
    { key: "with a TTL of its own", entry: { ttl: "PT24H", expirationDate: "x" }, default: undefined, ttl: null },
    { key: "with an end of its own", entry: { expirationDate: "x" }, default: undefined, ttl: null },
    { key: "that ends by its namespace's default", entry: { expirationDate: "x" }, default: "P1D", ttl: undefined },
    { key: "that never ends", entry: {}, default: "P1D", ttl: undefined },
  ])("takes over a key $key, whose end is the configuration's", async ({ entry, default: defaultTtl, ttl }) => {
    answer = ({ method, url }) => {
      if (method === "PUT") return problem("already-exists", 412, { current: CURRENT });
      if (!url.includes("kv:entry")) return json(200, { id: "company.team", declared: true, defaultTtl });
      return json(200, { ...ENTRY, ...entry, value: 5 });
    };
    await create(said({ value: num(1), type: str("NUMBER"), adopt_existing: bool(true) }));
    const { method, body, headers } = sent.at(-1) ?? {};
    expect([method, headers?.get("if-match")]).toEqual(["PATCH", '"0190-four"']);
    expect(JSON.parse(body ?? "")).toEqual({ value: 1, type: "NUMBER", ...(ttl === null && { ttl }) });
  });

  it("gives up taking over a key that changes all the time", async () => {
    answer = answers({
      write: () => problem("already-exists", 412, { current: CURRENT }),
      read: () => problem("not-found", 404),
    });
    const { summary } = await diagnosticOf(
      create(said({ value: num(1), type: str("NUMBER"), adopt_existing: bool(true) })),
    );
    expect(summary).toBe("Key exists already");
    expect(sent.filter(({ method }) => method === "PUT")).toHaveLength(5);
  });

  it("sends JSON as it is spelled, and a write-only value that only the configuration has", async () => {
    await create(said({ value_json: str('{"a": 1.0}'), type: str("JSON") }));
    expect(sent[0]?.body).toBe('{"type":"JSON","value":{"a": 1.0}}');
    const planned = said({ type: str("STRING"), value_wo_version: num(3) });
    const config = said({ value_wo: str("s3cr3t"), value_wo_version: num(3) });
    const { state, notes } = await namespaceKv.create(planned, session(), { config, notes: {} });
    expect(JSON.parse(sent[1]?.body ?? "")).toEqual({ type: "STRING", value: "s3cr3t" });
    expect(state && attribute(state, "value_wo")).toEqual(nullOf(DYNAMIC));
    expect(notes).toEqual({ written: { digest: ENTRY.digest, version: "3" } });
  });

  it("of a value that the service refuses names the attribute that gives it", async () => {
    answer = () => problem("invalid-value", 422, { field: "value" });
    const { path, detail } = await diagnosticOf(create(said({ value_json: str("1"), type: str("DATE") })));
    expect(path).toEqual([{ attribute: "value_json" }]);
    expect(detail).toContain('set "type" to the type that it has'); // and not what callers of HTTP are told
  });

  it("whose answers are lost repeats itself under one key, then says that it may have happened", async () => {
    vi.useFakeTimers();
    answer = () => Promise.reject(new TypeError("fetch failed"));
    const work = diagnosticOf(create(PLANNED));
    await vi.runAllTimersAsync();
    expect((await work).detail).toContain('Whether "company.team/a/b" was created is not known');
    expect(new Set(sent.map(({ headers }) => headers.get("idempotency-key"))).size).toBe(1);
    expect(sent.length).toBeGreaterThan(1);
  });

  it("whose request never left says that nothing was created", async () => {
    vi.useFakeTimers();
    const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    answer = () => Promise.reject(new TypeError("fetch failed", { cause: refused }));
    const work = diagnosticOf(create(PLANNED));
    await vi.runAllTimersAsync();
    expect((await work).detail).toMatch(/connection refused.*"company\.team\/a\/b" was not created\./);
    expect(sent.length).toBeGreaterThan(1);
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
    answer = () => last();
    const work = diagnosticOf(create(PLANNED));
    await vi.runAllTimersAsync();
    const { detail } = await work;
    expect(detail).toMatch(says);
    expect(detail).toContain('Whether "company.team/a/b" was created is not known');
  });

  it("that is interrupted says that it may have happened", async () => {
    const stop = new AbortController();
    answer = () => {
      stop.abort(new Error("stop"));
      return Promise.reject(new TypeError("fetch failed"));
    };
    const { summary, detail } = await diagnosticOf(create(PLANNED, { ...session(), writeSignal: stop.signal }));
    expect(summary).toBe("Interrupted");
    expect(detail).toContain("is not known");
  });
});

describe("update", () => {
  it.each([
    { when: "the value changes", planned: changed({ value: num(2) }), body: { type: "NUMBER", value: 2 } },
    { when: "the type changes", planned: changed({ type: str("JSON") }), body: { type: "JSON", value: 1 } },
    { when: "the TTL changes", planned: changed({ ttl: str("PT1H") }), body: { ttl: "PT1H" } },
    {
      when: "the TTL is removed",
      planned: changed({ ttl: nullOf(STRING), expires_at: unknownOf(STRING) }),
      body: { ttl: null },
    },
    {
      when: "the description is removed",
      planned: changed({ description: nullOf(STRING) }),
      body: { description: null },
    },
    {
      when: "the TTL gives way to an end",
      planned: changed({ ttl: nullOf(STRING), expires_at: str("2036-01-31T12:00:00Z") }),
      body: { expiresAt: "2036-01-31T12:00:00Z" },
    },
    { when: "the TTL is due", planned: changed({ expires_at: unknownOf(STRING) }), body: { ttl: "P1D" } },
    {
      when: "a new value starts the TTL again",
      planned: changed({ value: num(2), expires_at: unknownOf(STRING) }),
      body: { type: "NUMBER", value: 2 },
    },
    {
      when: "labels and mark are set",
      planned: changed({ labels: map(STRING, { a: str("b") }), secret: bool(true) }),
      body: { labels: { a: "b" }, secret: true },
    },
  ])("when $when, sends just that to the revision that was planned on", async ({ planned, body }) => {
    await update(planned);
    expect(sent.map(({ method, body }) => [method, JSON.parse(body)])).toEqual([["PATCH", body]]);
    expect(sent[0]?.headers.get("if-match")).toBe('"0190-four"');
  });

  it("of what is Terraform's own business asks nobody", async () => {
    expect(await update(changed({ on_expire: str("ignore") }))).toEqual({ state: PRIOR });
    expect(sent).toEqual([]);
  });

  it("that leaves a write-only value leaves what was noted of it", async () => {
    const written = { digest: "hmac-sha256:id:11", version: "1" };
    const planned = changed({ value: nullOf(DYNAMIC), value_wo: str("v"), value_wo_version: num(1) });
    const prior = changed({ value: nullOf(DYNAMIC), value_wo_version: num(1), description: nullOf(STRING) });
    expect((await update(planned, prior, { written })).notes).toMatchObject({ written });
    expect(sent[0]?.body).toBe('{"description":"ours"}');
  });

  it("that was overtaken says by whom, through which door, when, what, and what to do", async () => {
    const now = { ...ENTRY, ...CURRENT, digest: "hmac-sha256:id:99", ttl: "PT24H", description: "theirs", value: 6 };
    answer = answers({ write: () => problem("stale", 412, { current: CURRENT }), read: () => json(200, now) });
    const { summary, detail } = await diagnosticOf(update(changed({ value: num(2) })));
    expect(summary).toBe("Key changed outside Terraform");
    expect(detail).toContain("revision 9, changed by bob through the HTTP API at 2026-01-03T00:00:00.000000Z");
    expect(detail).toContain("What differs from the state: value, description.");
    expect(detail).toContain('Run "terraform plan"');
  });

  describe("of a key that is gone", () => {
    const EXPIRED = { type: null, value: null, message: "", expiredAt: "2026-01-04T00:00:00.000000Z", requestId: "r" };
    const put = { ...ENTRY, action: "put" };
    const expiry = { ...ENTRY, action: "expire", revision: 5, etag: "0190-five", updatedBy: "expiry" };
    const gone = (history: readonly object[]) => ({
      read: () => json(410, EXPIRED),
      history: () => (history.length === 0 ? problem("not-found", 404) : json(200, history)),
    });
    const work = () => update(changed({ value: num(2) }));

    it.each([
      { how: "expired, and was not swept", history: [put] },
      { how: "expired, and was swept", history: [expiry, put] },
      { how: "expired, and has a history of one revision", history: [expiry] },
    ])("because it $how, creates it anew", async ({ history }) => {
      answer = (request) =>
        request.method === "PUT"
          ? json(200, ENTRY)
          : answers({ ...gone(history), write: () => problem("not-found", 404) })(request);
      await work();
      expect(sent.at(-1)?.headers.get("if-none-match")).toBe("*");
      expect(JSON.parse(sent.at(-1)?.body ?? "")).toMatchObject({ value: 2, description: "ours" });
    });

    it.each([
      {
        how: "somebody deleted it",
        history: [{ ...put, action: "delete", revision: 5, etag: "0190-five", updatedBy: "bob" }, put],
        says: "deleted by bob through the HTTP API",
      },
      {
        how: "somebody changed it before it expired",
        history: [
          { ...expiry, revision: 6 },
          { ...put, revision: 5, etag: "0190-five", updatedBy: "bob" },
        ],
        says: "changed by bob through the HTTP API at 2026-01-02T00:00:00.000000Z, and has expired since",
      },
      { how: "it was purged", history: [], says: '"company.team/a/b" is not there any more. Nothing was written' },
    ])("because $how, fails and says so", async ({ history, says }) => {
      answer = answers({ ...gone(history), write: () => problem("not-found", 404) });
      const { summary, detail } = await diagnosticOf(work());
      expect(summary).toBe("Key deleted outside Terraform");
      expect(detail).toContain(says);
      expect(sent.filter(({ method }) => method === "PUT")).toEqual([]);
    });

    it("and whose time was over when the plan was made, creates it at once, unless another is there", async () => {
      const prior = changed({ expired: bool(true) });
      await update(changed({ value: num(2) }), prior);
      expect(sent.map(({ method }) => method)).toEqual(["PUT"]);
      answer = () => problem("already-exists", 412, { current: CURRENT });
      expect((await diagnosticOf(update(changed({ value: num(2) }), prior))).detail).toContain("changed by bob");
    });
  });
});

describe("delete", () => {
  it("goes to the revision that was planned on", async () => {
    answer = () => json(200, true);
    await namespaceKv.delete(PRIOR, session(), {});
    expect(sent[0]?.method).toBe("DELETE");
    expect(sent[0]?.headers.get("if-match")).toBe('"0190-four"');
  });

  it.each([
    { when: "there is none", is: () => json(200, false) },
    { when: "the service knows no revision", is: answers({ write: () => problem("stale", 412) }) },
  ])("is done when $when", async ({ is }) => {
    answer = is;
    await expect(namespaceKv.delete(PRIOR, session(), {})).resolves.toBeUndefined();
  });

  it.each([
    { policy: str("abandon"), notes: {}, requests: 0 },
    { policy: nullOf(STRING), notes: { metadataOnly: true }, requests: 0 },
    { policy: str("delete"), notes: { metadataOnly: true }, requests: 1 },
  ])("is what deletion_policy says: $requests requests", async ({ policy, notes, requests }) => {
    answer = () => json(200, true);
    await namespaceKv.delete(changed({ deletion_policy: policy }), session(), notes);
    expect(sent).toHaveLength(requests);
  });

  it("leaves a key that was changed meanwhile, and names the command that helps every Terraform", async () => {
    const now = { ...ENTRY, ...CURRENT, ttl: "PT24H", description: "theirs", value: 6 };
    answer = answers({ write: () => problem("stale", 412, { current: CURRENT }), read: () => json(200, now) });
    const { detail } = await diagnosticOf(namespaceKv.delete(PRIOR, session(), {}));
    expect(detail).toContain("changed by bob");
    expect(detail).toContain("What differs from the state: description.");
    expect(detail).toContain('"terraform apply -refresh-only"');
  });

  it("that fails otherwise fails", async () => {
    answer = () => problem("internal", 500);
    await expect(namespaceKv.delete(PRIOR, session(), {})).rejects.toThrow(ProblemError);
  });
});

describe("read", () => {
  const live = () => json(200, { ...ENTRY, value: 5 });

  it("takes what is there", async () => {
    answer = live;
    const { state } = await namespaceKv.read(PRIOR, session(), {});
    expect(sent[0]?.url).toContain("&peek=true");
    expect(state && attribute(state, "value")).toEqual(num(5));
    expect(state && attribute(state, "ttl")).toEqual(nullOf(STRING));
    expect(state && attribute(state, "description")).toEqual(str("said elsewhere"));
  });

  it("leaves a description alone that was never set here", async () => {
    answer = live;
    const { state } = await namespaceKv.read(changed({ description: nullOf(STRING) }), session(), {});
    expect(state && attribute(state, "description")).toEqual(nullOf(STRING));
  });

  it.each([
    { what: "the same", found: "hmac-sha256:id:00", version: num(3), warns: 0 },
    { what: "another", found: "hmac-sha256:id:11", version: nullOf(NUMBER), warns: 1 },
    { what: "the same, or another, under another key", found: "hmac-sha256:new:11", version: num(3), warns: 0 },
  ])("of a write-only value tells by its digest that it is $what, and never takes it over", async (row) => {
    answer = () => json(200, { ...ENTRY, digest: row.found, value: "theirs" });
    const notes = { written: { digest: ENTRY.digest, version: "3" } };
    const prior = changed({ value: nullOf(DYNAMIC), value_wo_version: nullOf(NUMBER) });
    const outcome = await namespaceKv.read(prior, session(), notes);
    expect(outcome.state && attribute(outcome.state, "value_wo_version")).toEqual(row.version);
    expect(outcome.state && attribute(outcome.state, "value")).toEqual(nullOf(DYNAMIC));
    expect(outcome.diagnostics).toHaveLength(row.warns);
    expect(outcome.notes).toBeUndefined();
    expect(JSON.stringify(outcome.diagnostics)).not.toContain("theirs");
  });

  it.each([
    { left: "more than renew_before", now: "10:59:58", before: {}, after: undefined },
    { left: "exactly renew_before", now: "11:00:00", before: {}, after: { due: true } },
    { left: "less", now: "11:30:00", before: { lifetime: true }, after: { lifetime: true, due: true } },
    { left: "less, which is noted already", now: "11:30:00", before: { due: true }, after: undefined },
    { left: "more again", now: "08:00:00", before: { due: true, lifetime: true }, after: { lifetime: true } },
  ])("notes by the service's clock whether a renewal is due: $left", async ({ now, before, after }) => {
    const entry = { ...ENTRY, ttl: "PT24H", expirationDate: "2026-01-31T12:00:00.999000Z", value: 1 };
    answer = () => {
      const headers = { "Content-Type": "application/json", Date: `Sat, 31 Jan 2026 ${now} GMT` };
      return new Response(JSON.stringify(entry), { headers });
    };
    const state = changed({ renew_before: str("PT1H") });
    expect((await namespaceKv.read(state, session(), before)).notes).toEqual(after);
  });

  it("leaves JSON as it lies there, and escapes what Terraform would compose", async () => {
    answer = () =>
      new Response(`${JSON.stringify({ ...ENTRY, type: "JSON" }).slice(0, -1)},"value":["e\u0301", 1.00]}`);
    const prior = changed({ value: nullOf(DYNAMIC), value_json: str("[]") });
    const { state } = await namespaceKv.read(prior, session(), {});
    expect(state && attribute(state, "value_json")).toEqual(str('["e\\u0301", 1.00]'));
  });

  it("finds a missing key gone", async () => {
    answer = () => problem("not-found", 404);
    expect(await namespaceKv.read(PRIOR, session(), {})).toEqual({ state: undefined });
  });

  it("finds an expired key gone, and says when", async () => {
    answer = () =>
      json(410, { type: null, value: null, message: "", expiredAt: "2026-01-04T00:00:00.000000Z", requestId: "r" });
    const { state, diagnostics } = await namespaceKv.read(PRIOR, session(), {});
    expect(state).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: "warning", summary: "Key has expired" }]);
    expect(diagnostics?.[0]?.detail).toContain("2026-01-04T00:00:00.000000Z");
  });

  it.each(["ignore", "error"])(
    "keeps an expired key where on_expire is %s, also when nothing is known of it",
    async (policy) => {
      const gone = [
        () => json(410, { type: null, value: null, message: "", expiredAt: ENDED, requestId: "r" }),
        () => problem("not-found", 404),
      ];
      for (const one of gone) {
        answer = one;
        const prior = changed({ on_expire: str(policy), expires_at: str(ENDED) });
        const { state, diagnostics } = await namespaceKv.read(prior, session(), {});
        expect(state && [attribute(state, "expired"), attribute(state, "expires_at")]).toEqual([
          bool(true),
          str(ENDED),
        ]);
        expect(diagnostics).toBeUndefined();
      }
      answer = () => problem("not-found", 404);
      expect((await namespaceKv.read(changed({ on_expire: str(policy) }), session(), {})).state).toBeUndefined();
    },
  );
});

describe("import", () => {
  it("fills the whole state, the description too", async () => {
    answer = () => json(200, { ...ENTRY, ttl: "PT24H", value: 5 });
    const state = await namespaceKv.import("company.team/a/b", session());
    expect(["value", "type", "ttl", "description"].map((name) => attribute(state, name))).toEqual([
      num(5),
      str("NUMBER"),
      str("PT24H"),
      str("said elsewhere"),
    ]);
  });

  it("of a key that does not exist fails", async () => {
    answer = () => problem("not-found", 404);
    expect((await diagnosticOf(namespaceKv.import("company.team/a/b", session()))).detail).toContain(
      '"company.team/a/b" does not exist',
    );
  });
});
