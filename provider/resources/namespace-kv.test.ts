import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ProblemError } from "../../api/failures.ts";
import type { Api } from "../../api/transport.ts";
import { nullOf, num, obj, str, unknownOf } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import { attribute, type ObjectValue, type Value } from "../cty/value.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import type { Session } from "../schema/provider.ts";
import { directStore, type Store } from "../store/store.ts";
import { namespaceKv } from "./namespace-kv.ts";
import { NAMESPACE_KV } from "./namespace-kv-schema.ts";

vi.mock("../../api/exchange.ts", () => import("../../test/support/exchange-by-fetch.ts"));

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

let sent: Sent[];
let answer: () => Response | Promise<Response>;

beforeEach(() => {
  sent = [];
  answer = () => json(200, ENTRY);
  vi.stubGlobal("fetch", async (url: string, { method, headers, body }: RequestInit) => {
    sent.push({
      method: `${method}`,
      url,
      headers: new Headers(headers),
      body: body ? Buffer.from(body as Uint8Array).toString() : "",
    });
    return await answer();
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
  description: str("ours"),
  etag: str("0190-four"),
});
const changed = (values: Readonly<Record<string, Value>>) =>
  obj(new Map([...PRIOR.entries, ...Object.entries(values)]));

/** Calls as apply makes them: the configuration says what is planned. */
const create = (planned: ObjectValue, on = session()) =>
  namespaceKv.create(planned, on, { config: planned, notes: {} });
const update = (planned: ObjectValue) => namespaceKv.update(PRIOR, planned, session(), { config: planned, notes: {} });

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

  it("without a value writes nothing", async () => {
    expect((await diagnosticOf(create(said({ type: str("JSON") })))).path).toEqual([{ attribute: "value" }]);
    expect(sent).toEqual([]);
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
    { when: "the TTL is removed", planned: changed({ ttl: nullOf(STRING) }), body: { ttl: null } },
    {
      when: "the description is removed",
      planned: changed({ description: nullOf(STRING) }),
      body: { description: null },
    },
  ])("when $when, sends just that to the revision that was planned on", async ({ planned, body }) => {
    await update(planned);
    expect(sent.map(({ method, body }) => [method, JSON.parse(body)])).toEqual([["PATCH", body]]);
    expect(sent[0]?.headers.get("if-match")).toBe('"0190-four"');
  });

  it("that was overtaken says by whom, through which door, when, and what to do", async () => {
    answer = () => problem("stale", 412, { current: CURRENT });
    const { summary, detail } = await diagnosticOf(update(changed({ value: num(2) })));
    expect(summary).toBe("Key changed outside Terraform");
    expect(detail).toContain("revision 9, changed by bob through the HTTP API at 2026-01-03T00:00:00.000000Z");
    expect(detail).toContain('Run "terraform plan"');
  });

  it.each([
    { name: "stale", status: 412 },
    { name: "not-found", status: 404 },
  ])("of a key that was deleted ($name) says so", async ({ name, status }) => {
    answer = () => problem(name, status);
    const { summary } = await diagnosticOf(update(changed({ value: num(2) })));
    expect(summary).toBe("Key deleted outside Terraform");
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
    { when: "the service knows no revision", is: () => problem("stale", 412) },
  ])("is done when $when", async ({ is }) => {
    answer = is;
    await expect(namespaceKv.delete(PRIOR, session(), {})).resolves.toBeUndefined();
  });

  it("leaves a key that was changed meanwhile, and names the command that helps every Terraform", async () => {
    answer = () => problem("stale", 412, { current: CURRENT });
    const { detail } = await diagnosticOf(namespaceKv.delete(PRIOR, session(), {}));
    expect(detail).toContain("changed by bob");
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
