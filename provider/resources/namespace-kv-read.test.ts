import { describe, expect, it, vi } from "vitest";
import { bool, map, nullOf, num, str } from "../cty/make.ts";
import { DYNAMIC, NUMBER, STRING } from "../cty/type.ts";
import { attribute, isNull } from "../cty/value.ts";
import { changed, ENDED, ENTRY, expired, json, PRIOR, problem, session, stubbedService } from "./fixture-kv.ts";
import { namespaceKv } from "./namespace-kv.ts";

const kv = stubbedService();

describe("read", () => {
  const live = () => json(200, { ...ENTRY, value: 5 });

  it("takes what is there", async () => {
    kv.answer = live;
    const { state } = await namespaceKv.read(PRIOR, session(), {});
    expect(kv.sent[0]?.url).toContain("kv:entry?key=a%2Fb&peek=true");
    expect(state && attribute(state, "value")).toEqual(num(5));
    expect(state && attribute(state, "ttl")).toEqual(nullOf(STRING));
    expect(state && attribute(state, "description")).toEqual(str("said elsewhere"));
  });

  it("leaves a description alone that was never set here", async () => {
    kv.answer = live;
    const { state } = await namespaceKv.read(changed({ description: nullOf(STRING) }), session(), {});
    expect(state && attribute(state, "description")).toEqual(nullOf(STRING));
  });

  it("shows what others made of type, labels and mark, and that an expired key is back", async () => {
    kv.answer = () => json(200, { ...ENTRY, type: "JSON", labels: { a: "c" }, secret: true, value: 5 });
    const said = { labels: map(STRING, { a: str("b") }), secret: bool(false), expired: bool(true) };
    const { state } = await namespaceKv.read(changed(said), session(), {});
    expect(state && ["type", "labels", "secret", "expired"].map((name) => attribute(state, name))).toEqual([
      str("JSON"),
      map(STRING, { a: str("c") }),
      bool(true),
      bool(false),
    ]);
    const { state: unsaid } = await namespaceKv.read(PRIOR, session(), {});
    expect(unsaid && ["labels", "secret"].map((name) => isNull(attribute(unsaid, name)))).toEqual([true, true]);
  });

  const DIGEST = { unlessDigest: "hmac-sha256:id:00" };
  it.each([
    { of: "a value", state: PRIOR, notes: {}, wants: DIGEST },
    { of: "JSON", state: changed({ value: nullOf(DYNAMIC), value_json: str("1") }), notes: {}, wants: DIGEST },
    { of: "a value without a digest", state: changed({ digest: nullOf(STRING) }), notes: {}, wants: "always" },
    { of: "a write-only value", state: PRIOR, notes: { written: { digest: "d", version: "1" } }, wants: "never" },
    { of: "the metadata alone", state: PRIOR, notes: { metadataOnly: true }, wants: "never" },
  ])("of $of asks for no more than is missing", async ({ state, notes, wants }) => {
    const readKey = vi.fn(async () => ({ state: "missing", readAt: new Date(0) }) as const);
    const on = session();
    await namespaceKv.read(state, { ...on, client: { ...on.client, readKey } }, notes);
    expect(readKey).toHaveBeenCalledWith({ namespace: "company.team", key: "a/b" }, wants, on.signal);
  });

  it("of the metadata alone leaves the value where it is", async () => {
    kv.answer = live;
    const { state } = await namespaceKv.read(changed({ value: nullOf(DYNAMIC) }), session(), { metadataOnly: true });
    expect(state && attribute(state, "value")).toEqual(nullOf(DYNAMIC));
  });

  it.each([
    { had: str("2030-01-01T00:00:00Z"), notes: { imported: true, lifetime: true }, has: str(ENDED) },
    { had: nullOf(STRING), notes: { imported: true, lifetime: true }, has: nullOf(STRING) },
    { had: nullOf(STRING), notes: { lifetime: true }, has: str(ENDED) },
  ])("just after an import keeps the end out that the import left out: $notes", async ({ had, notes, has }) => {
    kv.answer = () => json(200, { ...ENTRY, ttl: "PT24H", expirationDate: ENDED, value: 5 });
    const outcome = await namespaceKv.read(changed({ expires_at: had }), session(), notes);
    expect(outcome.state && attribute(outcome.state, "expires_at")).toEqual(has);
    expect(outcome.notes).toEqual("imported" in notes ? { lifetime: true } : undefined);
  });

  it.each([
    { what: "the same", found: "hmac-sha256:id:00", version: num(3), warns: 0 },
    { what: "another", found: "hmac-sha256:id:11", version: nullOf(NUMBER), warns: 1 },
    { what: "the same, or another, under another key", found: "hmac-sha256:new:11", version: num(3), warns: 0 },
  ])("of a write-only value tells by its digest that it is $what, and never takes it over", async (row) => {
    kv.answer = () => json(200, { ...ENTRY, digest: row.found, value: "theirs" });
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
    kv.answer = () => {
      const headers = { "Content-Type": "application/json", Date: `Sat, 31 Jan 2026 ${now} GMT` };
      return new Response(JSON.stringify(entry), { headers });
    };
    const state = changed({ renew_before: str("PT1H") });
    expect((await namespaceKv.read(state, session(), before)).notes).toEqual(after);
  });

  it("leaves JSON as it lies there, and escapes what Terraform would compose", async () => {
    kv.answer = () =>
      new Response(`${JSON.stringify({ ...ENTRY, type: "JSON" }).slice(0, -1)},"value":["e\u0301", 1.00]}`);
    const prior = changed({ value: nullOf(DYNAMIC), value_json: str("[]") });
    const { state } = await namespaceKv.read(prior, session(), {});
    expect(state && attribute(state, "value_json")).toEqual(str('["e\\u0301", 1.00]'));
  });

  it("finds a missing key gone", async () => {
    kv.answer = () => problem("not-found", 404);
    expect(await namespaceKv.read(PRIOR, session(), {})).toEqual({ state: undefined });
  });

  it("finds an expired key gone, and says when", async () => {
    kv.answer = () => expired();
    const { state, diagnostics } = await namespaceKv.read(PRIOR, session(), {});
    expect(state).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: "warning", summary: "Key has expired" }]);
    expect(diagnostics?.[0]?.detail).toContain("2026-01-04T00:00:00.000000Z");
  });

  it.each(["ignore", "error"])(
    "keeps an expired key where on_expire is %s, also when nothing is known of it",
    async (policy) => {
      const gone = [() => expired(), () => problem("not-found", 404)];
      for (const one of gone) {
        kv.answer = one;
        const prior = changed({ on_expire: str(policy), expires_at: str(ENDED) });
        const { state, diagnostics } = await namespaceKv.read(prior, session(), {});
        expect(state && [attribute(state, "expired"), attribute(state, "expires_at")]).toEqual([
          bool(true),
          str(ENDED),
        ]);
        expect(diagnostics).toBeUndefined();
      }
      kv.answer = expired; // at another instant than the state has
      const { state } = await namespaceKv.read(changed({ on_expire: str(policy) }), session(), {});
      expect(state && attribute(state, "expires_at")).toEqual(str(ENDED));
      kv.answer = () => problem("not-found", 404);
      expect((await namespaceKv.read(changed({ on_expire: str(policy) }), session(), {})).state).toBeUndefined();
    },
  );
});
