import { afterEach, describe, expect, it, vi } from "vitest";
import { apiAt } from "../../test/support/workers.ts";
import { bool, num, obj, str } from "../cty/make.ts";
import { attribute, isNull, type ObjectValue, type Value } from "../cty/value.ts";
import { namespaceKvEphemeral } from "../ephemeral/namespace-kv.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import { withNulls } from "../schema/schema.ts";
import { directStore } from "../store/store.ts";
import { namespaceKvData } from "./namespace-kv.ts";

const { schema } = namespaceKvData;
const api = apiAt("http://kv.test");
const { signal } = new AbortController();

const asking = (more: Readonly<Record<string, Value>> = {}): ObjectValue =>
  withNulls(schema, { namespace: str("n.m"), key: str("k"), ...more });
const read = (more: Readonly<Record<string, Value>> = {}) =>
  namespaceKvData.read(asking(more), { client: directStore(api), signal, writeSignal: signal });
const refusalOf = async (more: Readonly<Record<string, Value>> = {}) => {
  const failure: unknown = await read(more).catch((error: unknown) => error);
  return failure instanceof DiagnosticError ? failure.diagnostic : expect.unreachable(String(failure));
};

const ENTRY = {
  ...{ namespace: "n.m", key: "k", type: "NUMBER", revision: 3, etag: "e", size: 1, digest: "d", uri: "u" },
  ...{ description: null, labels: { team: "a" }, secret: false, ttl: null, creationDate: "c", updateDate: "u" },
  ...{ expirationDate: null, createdBy: "ada", updatedBy: "ada", door: "http" },
};
const MISSING = { status: 404, type: "application/problem+json", body: '{"type":"/problems/not-found"}' };
const EXPIRED = { status: 410, body: '{"expiredAt":"2026-01-01T00:00:00Z"}' };
const live = (value: string, entry: object = ENTRY) => ({
  body: `${JSON.stringify(entry).slice(0, -1)},"value":${value}}`,
});

/** What the service answers to the one request that is made; its path and query are what it gives back. */
function answering({
  status = 200,
  type = "application/json",
  body,
}: {
  status?: number;
  type?: string;
  body: string;
}) {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url.slice("http://kv.test/api/v1/main/namespaces/n.m/".length));
    return Promise.resolve(new Response(body, { status, headers: { "Content-Type": type } }));
  });
  return asked;
}
afterEach(() => vi.unstubAllGlobals());

describe("a key that is there", () => {
  it("is read with all that is known of it, and nothing else", async () => {
    const asked = answering(live("5.00"));
    const state = await read();
    expect(asked).toEqual(["kv:entry?key=k&peek=true"]);
    expect([...state.entries.keys()].sort()).toEqual(Object.keys(schema.attributes).sort());
    const said = { value: num(5), value_json: str("5.00"), exists: bool(true), expired: bool(false), revision: num(3) };
    for (const [name, value] of Object.entries(said)) expect([name, attribute(state, name)]).toEqual([name, value]);
    expect(attribute(state, "id")).toEqual(str("n.m/k"));
  });

  it("is looked for in the namespaces above, and keeps the namespace that was asked", async () => {
    const asked = answering(live("5", { ...ENTRY, namespace: "n" }));
    const state = await read({ inherit: bool(true) });
    expect(asked).toEqual(["kv:entry?key=k&peek=true&inherit=true"]);
    expect(attribute(state, "namespace")).toEqual(str("n.m"));
    expect(attribute(state, "found_in")).toEqual(str("n"));
    expect(attribute(state, "id")).toEqual(str("n/k"));
  });

  it("is read as it once was", async () => {
    const asked = answering(live("5"));
    await read({ revision: num(3) });
    expect(asked).toEqual(["kv:entry?key=k&peek=true&revision=3"]);
  });

  it("is not fetched where only its metadata is wanted", async () => {
    const asked = answering({ body: JSON.stringify([ENTRY]) });
    const state = await read({ include_value: bool(false) });
    expect(asked).toEqual(["kv?limit=1&prefix=k&expired=true"]);
    expect(attribute(state, "digest")).toEqual(str("d"));
    expect(["value", "value_json"].map((name) => isNull(attribute(state, name)))).toEqual([true, true]);
  });

  it("has metadata of an older revision, too", async () => {
    const { namespace: _namespace, key: _key, ...revision } = ENTRY;
    const asked = answering({ body: JSON.stringify([{ ...revision, action: "put" }]) });
    const state = await read({ include_value: bool(false), revision: num(3) });
    expect(asked).toEqual(["kv:revisions?key=k&limit=1&before=4"]);
    expect(attribute(state, "id")).toEqual(str("n.m/k"));
  });

  it.each(["1e99999", '{"a":1,"a":2}', '"\\ud800"'])(
    "and holds %s, is an error that names the way out",
    async (json) => {
      answering(live(json));
      const { detail, path } = await refusalOf();
      expect(detail).toContain('"decode_value = false"');
      expect(path).toEqual([{ attribute: "value" }]);
      answering(live(json));
      const state = await read({ decode_value: bool(false) });
      expect(attribute(state, "value_json")).toEqual(str(json));
      expect(isNull(attribute(state, "value"))).toBe(true);
    },
  );
});

it("the text of a value is escaped where Terraform would compose its characters", async () => {
  answering(live('"e\u0301"'));
  expect(attribute(await read(), "value_json")).toEqual(str('"e\\u0301"'));
});

describe("a key that is not there", () => {
  it.each([
    { when: "missing", answer: MISSING, more: {}, tells: '"n.m/k" does not exist. Check', at: "key" },
    { when: "expired", answer: EXPIRED, more: {}, tells: '"n.m/k" expired at 2026-01-01T00:00:00Z', at: "key" },
    { when: "in no namespace above", answer: MISSING, more: { inherit: bool(true) }, tells: 'above "n.m"', at: "key" },
    { when: "not so old", answer: MISSING, more: { revision: num(9) }, tells: "at revision 9", at: "revision" },
    {
      when: "missing, whose metadata is wanted",
      answer: { body: JSON.stringify([{ ...ENTRY, key: "k2" }]) },
      more: { include_value: bool(false) },
      tells: "does not exist",
      at: "key",
    },
    {
      when: "expired, whose metadata is wanted",
      answer: { body: JSON.stringify([{ ...ENTRY, expiredAt: "2026-01-01T00:00:00Z" }]) },
      more: { include_value: bool(false) },
      tells: "expired at 2026",
      at: "key",
    },
    {
      when: "deleted by the revision whose metadata is wanted",
      answer: { body: JSON.stringify([{ ...ENTRY, uri: null, action: "delete" }]) },
      more: { include_value: bool(false), revision: num(3) },
      tells: "was deleted by it",
      at: "revision",
    },
  ])("since it is $when, is an error at $at", async ({ answer, more, tells, at }) => {
    answering(answer);
    const { detail, path } = await refusalOf(more);
    expect(detail).toContain(tells);
    expect(path).toEqual([{ attribute: at }]);
  });

  it.each([
    { what: "a default", more: { default: num("1.50") }, value: num("1.5"), json: str("1.5") },
    {
      what: "a default that is text only",
      more: { default: obj({ a: num(1) }), decode_value: bool(false) },
      value: undefined,
      json: str('{"a":1}'),
    },
    { what: "no error wanted", more: { error_on_missing: bool(false) }, value: undefined, json: undefined },
  ])("but with $what, says so", async ({ more, value, json }) => {
    for (const { answer, expired } of [
      { answer: MISSING, expired: false },
      { answer: EXPIRED, expired: true },
    ]) {
      answering(answer);
      const state = await read(more);
      expect(attribute(state, "exists")).toEqual(bool(false));
      expect(attribute(state, "expired")).toEqual(bool(expired));
      for (const [name, wanted] of [
        ["value", value],
        ["value_json", json],
      ] as const)
        if (wanted) expect(attribute(state, name)).toEqual(wanted);
        else expect(isNull(attribute(state, name))).toBe(true);
      expect(isNull(attribute(state, "etag"))).toBe(true);
    }
  });
});

describe("a configuration is checked before anything is read", () => {
  it.each([
    { more: { namespace: str("a..b"), key: str("") }, at: ["namespace", "key"] },
    { more: { revision: num(0) }, at: ["revision"] },
    { more: { revision: num("1.5") }, at: ["revision"] },
    { more: { revision: num(1), inherit: bool(true) }, at: ["revision"] },
    { more: { revision: num(1), inherit: bool(false) }, at: [] },
    { more: { include_value: bool(false), default: num(1) }, at: ["default"] },
    { more: { include_value: bool(false), decode_value: bool(false) }, at: ["decode_value"] },
    { more: { include_value: bool(true), default: num(1), error_on_missing: bool(true) }, at: [] },
  ])("$at", ({ more, at }) => {
    const paths = namespaceKvData.validate(asking(more)).map(({ path }) => path);
    expect(paths).toEqual(at.map((name) => [{ attribute: name }]));
  });

  it("of the ephemeral resource as well, which always has the value", async () => {
    const { schema: ephemeral, validate, open } = namespaceKvEphemeral;
    expect(Object.keys(ephemeral.attributes)).not.toContain("include_value");
    const config = withNulls(ephemeral, { namespace: str("n.m"), key: str("k"), inherit: bool(true) });
    expect(validate(config)).toEqual([]);
    answering(live("5"));
    const state = await open(config, { client: directStore(api), signal, writeSignal: signal });
    expect([...state.entries.keys()].sort()).toEqual(Object.keys(ephemeral.attributes).sort());
  });
});
