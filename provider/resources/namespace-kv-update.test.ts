import { describe, expect, it } from "vitest";
import { ProblemError } from "../../api/failures.ts";
import { bool, map, nullOf, num, obj, str, unknownOf } from "../cty/make.ts";
import { BOOL, DYNAMIC, mapType, STRING } from "../cty/type.ts";
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
const END = "2036-01-31T12:00:00Z";
const ending = (end: string) => changed({ ttl: nullOf(STRING), expires_at: str(end) });
const ENDING = ending(END);

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

  it.each([
    { when: "becomes later", prior: ENDING, planned: ending("2037-01-31T12:00:00Z"), end: "2037-01-31T12:00:00Z" },
    { when: "stays, and its TTL goes", prior: changed({ expires_at: str(END) }), planned: ENDING, end: END },
  ])("of an end that is said and $when, sends it", async ({ prior, planned, end }) => {
    await update(planned, prior);
    expect(JSON.parse(kv.sent[0]?.body ?? "")).toEqual({ expiresAt: end });
  });

  it("of an end that is not said any more clears it, where it was said here", async () => {
    const planned = changed({ ttl: nullOf(STRING), expires_at: unknownOf(STRING) });
    await update(planned, ENDING, { lifetime: true });
    expect(JSON.parse(kv.sent[0]?.body ?? "")).toEqual({ ttl: null });
    expect(await update(planned, ENDING)).toEqual({ state: ENDING });
  });

  it.each([
    { what: "labels that go", says: { labels: nullOf(mapType(STRING)) }, body: { labels: {} } },
    { what: "a mark that goes", says: { secret: bool(false) }, body: { secret: false } },
    { what: "a new version", says: { value_wo_version: num(2) }, body: { type: "NUMBER", value: 7 } },
  ])("beside a write-only value sends $what", async ({ says, body }) => {
    const writeOnly = { value: nullOf(DYNAMIC), value_wo_version: num(1) };
    const before = { ...writeOnly, labels: map(STRING, { a: str("b") }), secret: bool(true) };
    const planned = changed({ ...before, ...says });
    const config = obj(new Map([...planned.entries, ["value_wo", num(7)], ["expires_at", nullOf(STRING)]]));
    const written = { digest: "hmac-sha256:id:11", version: "1" };
    const { notes } = await namespaceKv.update(changed(before), planned, session(), { config, notes: { written } });
    expect(JSON.parse(kv.sent[0]?.body ?? "")).toEqual(body);
    expect(notes).toMatchObject({
      written: "value" in body ? { digest: ENTRY.digest, version: "2" } : written,
    });
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

  it("that the service refuses otherwise is told as it is, and an end that has passed at its attribute", async () => {
    kv.answer = answers({ write: () => problem("internal", 501), read: () => json(200, { ...ENTRY, value: 6 }) });
    await expect(update(changed({ value: num(2) }))).rejects.toThrow(ProblemError);
    kv.answer = () => problem("invalid-field", 422, { field: "expiresAt" });
    const { path, summary } = await diagnosticOf(update(ending("2037-01-31T12:00:00Z"), ENDING));
    expect([path, summary]).toEqual([[{ attribute: "expires_at" }], "The end has passed"]);
  });

  describe("of the metadata alone", () => {
    const NOTES = { metadataOnly: true };
    const METADATA = changed({ value: nullOf(DYNAMIC), expires_at: nullOf(STRING), ttl: nullOf(STRING) });
    const planned = obj(new Map([...METADATA.entries, ["description", str("new")]]));
    const theirs = { ...ENTRY, ...CURRENT, digest: "hmac-sha256:id:99", type: "STRING", ttl: "PT1H", value: "other" };

    it("follows those who write the value", async () => {
      const now = { ...theirs, description: "ours" };
      kv.answer = answers({
        write: () => (kv.sent.length === 1 ? problem("stale", 412) : json(200, now)),
        read: () => json(200, now),
      });
      expect((await update(planned, METADATA, NOTES)).notes).toEqual(NOTES);
      const writes = kv.sent.filter(({ method }) => method === "PATCH");
      expect(writes.map(({ headers }) => headers.get("if-match"))).toEqual(['"0190-four"', '"0190-nine"']);
      expect(JSON.parse(writes[1]?.body ?? "")).toEqual({ description: "new" });
    });

    it("leaves a TTL alone that nobody knows", async () => {
      const unknown = obj(new Map([...planned.entries, ["ttl", unknownOf(STRING)]]));
      await update(unknown, METADATA, NOTES);
      expect(JSON.parse(kv.sent[0]?.body ?? "")).toEqual({ description: "new" });
    });

    it.each([
      { who: "write the value all the time", description: "ours", writes: 5, differs: "" },
      {
        who: "say something else",
        description: "theirs",
        writes: 1,
        differs: "What differs from the state: description.",
      },
    ])("gives way to others who $who", async ({ description, writes, differs }) => {
      const now = { ...theirs, description };
      kv.answer = answers({ write: () => problem("stale", 412), read: () => json(200, now) });
      const { summary, detail } = await diagnosticOf(update(planned, METADATA, NOTES));
      expect(summary).toBe("Key changed outside Terraform");
      expect(detail).toContain(differs);
      expect(detail.includes("What differs")).toBe(differs !== "");
      expect(kv.sent.filter(({ method }) => method === "PATCH")).toHaveLength(writes);
    });

    it("gives way to others who change a TTL that is said here", async () => {
      kv.answer = answers({
        write: () => problem("stale", 412),
        read: () => json(200, { ...theirs, description: "ours" }),
      });
      const [prior, next] = [METADATA, planned].map((one) => obj(new Map([...one.entries, ["ttl", str("P1D")]])));
      const work = update(next ?? planned, prior, { ...NOTES, lifetime: true });
      expect((await diagnosticOf(work)).detail).toContain("What differs from the state: ttl.");
    });

    it("of a key that has expired has nothing to make it of", async () => {
      const { summary, detail } = await diagnosticOf(
        update(planned, changed({ value: nullOf(DYNAMIC), expired: bool(true) }), NOTES),
      );
      expect(summary).toBe("There is no key to manage");
      expect(detail).toContain("expired at 2035-01-31");
      expect(kv.sent).toEqual([]);
    });
  });

  it.each([
    { of: "all", entry: {}, differs: "value, type, ttl, description, labels, secret" },
    { of: "all but the type", entry: { type: "NUMBER" }, differs: "value, ttl, description, labels, secret" },
    {
      of: "the value under another key",
      entry: { digest: "hmac-sha256:new:99" },
      differs: "type, ttl, description, labels, secret",
    },
    { of: "a TTL in other words", entry: { ttl: "PT24H" }, differs: "value, type, description, labels, secret" },
    { of: "no mark", entry: { secret: true, labels: { a: "b" } }, differs: "value, type, ttl, description" },
  ])("that was overtaken names what others changed: $of", async ({ entry, differs }) => {
    const theirs = { digest: "hmac-sha256:id:99", type: "STRING", description: "theirs", labels: {}, secret: false };
    const now = { ...ENTRY, ...CURRENT, ...theirs, value: 6, ...entry };
    kv.answer = answers({ write: () => problem("stale", 412), read: () => json(200, now) });
    const prior = changed({ labels: map(STRING, { a: str("b") }), secret: bool(true) });
    const { detail } = await diagnosticOf(update(changed({ value: num(2) }), prior));
    expect(detail).toContain(`What differs from the state: ${differs}.`);
    const unsaid = changed({ labels: nullOf(mapType(STRING)), secret: nullOf(BOOL), description: nullOf(STRING) });
    const { detail: owned } = await diagnosticOf(update(changed({ value: num(2) }), unsaid));
    expect(owned).not.toMatch(/differs[^.]*(description|labels|secret)/); // what was never said here
  });

  it.each([
    { notes: { lifetime: true }, end: END, differs: "" },
    { notes: { lifetime: true }, end: "2037-01-31T12:00:00Z", differs: " What differs from the state: expires_at." },
    { notes: {}, end: "2037-01-31T12:00:00Z", differs: "" },
  ])("that was overtaken compares an end that was said here: $notes, $end", async ({ notes, end, differs }) => {
    const now = { ...ENTRY, ...CURRENT, description: "ours", expirationDate: end.replace("Z", ".000000Z"), value: 1 };
    kv.answer = answers({ write: () => problem("stale", 412), read: () => json(200, now) });
    const { detail } = await diagnosticOf(update(obj(new Map([...ENDING.entries, ["value", num(2)]])), ENDING, notes));
    expect(detail).toContain(`for this plan.${differs} Nothing was written.`);
  });

  describe("of a key that is gone", () => {
    const put = { ...ENTRY, action: "put" };
    const expiry = { ...ENTRY, action: "expire", revision: 5, etag: "0190-five", updatedBy: "expiry" };
    const gone = (history: readonly object[]) => ({
      read: expired,
      history: () => (history.length === 0 ? problem("not-found", 404) : json(200, history)),
    });
    const work = () => update(changed({ value: num(2) }));
    const missingAt = (date: string) => {
      const answer = problem("not-found", 404);
      answer.headers.set("Date", date);
      return answer;
    };

    it.each([
      { how: "expired, and was not swept", history: [put] },
      { how: "expired, and was swept", history: [expiry, put] },
      { how: "expired, and has a history of one revision", history: [expiry] },
      { how: "ended long ago, and nothing is known of it", history: [], missing: true },
    ])("because it $how, creates it anew", async ({ history, missing }) => {
      const now = { ...gone(history), ...(missing && { read: () => missingAt("Thu, 31 Jan 2036 12:00:00 GMT") }) };
      kv.answer = (request) =>
        request.method === "PUT"
          ? json(200, ENTRY)
          : answers({ ...now, write: () => problem("not-found", 404) })(request);
      await work();
      expect(kv.sent.find(({ url }) => url.includes("kv:revisions"))?.url).toContain("limit=2"); // its expiry, and it
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
      {
        how: "it is not there, and its end has not come",
        history: [],
        says: '"company.team/a/b" is not there any more. Nothing was written',
        missing: true,
      },
      {
        how: "another key ended under its name",
        history: [{ ...expiry, creationDate: "2026-01-03T00:00:00.000000Z" }],
        says: '"company.team/a/b" is not there any more. Nothing was written',
      },
      {
        how: "it went on before it ended",
        history: [{ ...expiry, revision: 7 }],
        says: '"company.team/a/b" is not there any more. Nothing was written',
      },
    ])("because $how, fails and says so", async ({ history, says, missing }) => {
      const now = { ...gone(history), ...(missing && { read: () => missingAt("Wed, 31 Jan 2035 11:59:58 GMT") }) };
      kv.answer = answers({ ...now, write: () => problem("not-found", 404) });
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
