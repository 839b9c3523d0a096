import { describe, expect, it } from "vitest";
import { bool, map, nullOf, num, obj, str, unknownOf } from "../cty/make.ts";
import { DYNAMIC, STRING } from "../cty/type.ts";
import { attribute, isNull, type ObjectValue } from "../cty/value.ts";
import {
  answers,
  CURRENT,
  changed,
  diagnosticOf,
  ENTRY,
  expired,
  json,
  PRIOR,
  problem,
  session,
  stubbedService,
} from "./fixture-kv.ts";
import { namespaceKv } from "./namespace-kv.ts";

const kv = stubbedService();

/** As apply calls it: the configuration says what is planned. */
const update = (planned: ObjectValue, prior = PRIOR, notes = {}) =>
  namespaceKv.update(prior, planned, session(), { config: configOf(planned), notes });
/** An end that is known comes from the configuration, unless a TTL makes it. */
const configOf = (planned: ObjectValue) => {
  const hasEnd = attribute(planned, "expires_at").kind === "string" && isNull(attribute(planned, "ttl"));
  return hasEnd ? planned : obj(new Map([...planned.entries, ["expires_at", nullOf(STRING)]]));
};
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
    expect(kv.sent.map(({ method, body }) => [method, JSON.parse(body)])).toEqual([["PATCH", body]]);
    expect(kv.sent[0]?.headers.get("if-match")).toBe('"0190-four"');
  });

  it("of what is Terraform's own business asks nobody", async () => {
    expect(await update(changed({ on_expire: str("ignore") }))).toEqual({ state: PRIOR });
    expect(kv.sent).toEqual([]);
  });

  it("that leaves a write-only value leaves what was noted of it", async () => {
    const written = { digest: "hmac-sha256:id:11", version: "1" };
    const planned = changed({ value: nullOf(DYNAMIC), value_wo: str("v"), value_wo_version: num(1) });
    const prior = changed({ value: nullOf(DYNAMIC), value_wo_version: num(1), description: nullOf(STRING) });
    expect((await update(planned, prior, { written })).notes).toMatchObject({ written });
    expect(kv.sent[0]?.body).toBe('{"description":"ours"}');
  });

  it("that was overtaken says by whom, through which door, when, what, and what to do", async () => {
    const now = { ...ENTRY, ...CURRENT, digest: "hmac-sha256:id:99", ttl: "PT24H", description: "theirs", value: 6 };
    kv.answer = answers({ write: () => problem("stale", 412, { current: CURRENT }), read: () => json(200, now) });
    const { summary, detail } = await diagnosticOf(update(changed({ value: num(2) })));
    expect(summary).toBe("Key changed outside Terraform");
    expect(detail).toContain("revision 9, changed by bob through the HTTP API at 2026-01-03T00:00:00.000000Z");
    expect(detail).toContain("What differs from the state: value, description.");
    expect(detail).toContain('Run "terraform plan"');
  });

  describe("of a key that is gone", () => {
    const put = { ...ENTRY, action: "put" };
    const expiry = { ...ENTRY, action: "expire", revision: 5, etag: "0190-five", updatedBy: "expiry" };
    const gone = (history: readonly object[]) => ({
      read: expired,
      history: () => (history.length === 0 ? problem("not-found", 404) : json(200, history)),
    });
    const work = () => update(changed({ value: num(2) }));

    it.each([
      { how: "expired, and was not swept", history: [put] },
      { how: "expired, and was swept", history: [expiry, put] },
      { how: "expired, and has a history of one revision", history: [expiry] },
    ])("because it $how, creates it anew", async ({ history }) => {
      kv.answer = (request) =>
        request.method === "PUT"
          ? json(200, ENTRY)
          : answers({ ...gone(history), write: () => problem("not-found", 404) })(request);
      await work();
      expect(kv.sent.at(-1)?.headers.get("if-none-match")).toBe("*");
      expect(JSON.parse(kv.sent.at(-1)?.body ?? "")).toMatchObject({ value: 2, description: "ours" });
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
      kv.answer = answers({ ...gone(history), write: () => problem("not-found", 404) });
      const { summary, detail } = await diagnosticOf(work());
      expect(summary).toBe("Key deleted outside Terraform");
      expect(detail).toContain(says);
      expect(kv.sent.filter(({ method }) => method === "PUT")).toEqual([]);
    });

    it("and whose time was over when the plan was made, creates it at once, unless another is there", async () => {
      const prior = changed({ expired: bool(true) });
      await update(changed({ value: num(2) }), prior);
      expect(kv.sent.map(({ method }) => method)).toEqual(["PUT"]);
      kv.answer = () => problem("already-exists", 412, { current: CURRENT });
      expect((await diagnosticOf(update(changed({ value: num(2) }), prior))).detail).toContain("changed by bob");
    });
  });
});
