import { expect, it } from "vitest";
import { rawValueOf } from "../support/kv.ts";
import { onEachPair } from "./pairs.ts";

const ENTRY = "application/vnd.namespace-kv.entry+json";

onEachPair("patch and envelope", ({ kv }) => {
  it("PATCH changes what it names and keeps the rest", async () => {
    const at = kv();
    const before = await (await at.put("k", "1.50", "?description=d&ttl=PT1H")).json();
    const after = await (await at.patch("k", { labels: { team: "data" } })).json();
    expect(after).toEqual({
      ...before,
      labels: { team: "data" },
      revision: 2,
      etag: after.etag,
      updateDate: after.updateDate,
    });
    expect(rawValueOf(await (await at.get("k")).text())).toBe("1.50");
    const cleared = await (await at.patch("k", { description: null, ttl: null, labels: {} })).json();
    expect(cleared).toMatchObject({ description: null, ttl: null, expirationDate: null, labels: {}, revision: 3 });
  });

  it("a new value restarts the TTL, a change of metadata does not", async () => {
    const at = kv();
    const before = await (await at.put("k", "1", "?ttl=PT1H")).json();
    const described = await (await at.patch("k", { description: "d" })).json();
    expect(described.expirationDate).toBe(before.expirationDate);
    const renewed = await (await at.patch("k", { value: 2 })).json();
    expect(renewed.ttl).toBe("PT1H");
    expect(renewed.expirationDate > before.expirationDate).toBe(true);
  });

  it("a value without a type keeps the type and must fit it", async () => {
    const at = kv();
    await at.put("k", "2021-09-01");
    expect(await (await at.patch("k", '{"value":"2021-09-02"}')).json()).toMatchObject({ type: "DATE" });
    const misfit = await at.patch("k", '{"value":"tomorrow"}');
    expect([misfit.status, (await misfit.json()).type]).toEqual([422, "/problems/invalid-value"]);
    expect(await (await at.patch("k", '{"value":"tomorrow","type":"STRING"}')).json()).toMatchObject({
      type: "STRING",
    });
  });

  it("a type alone reads the present value anew, if it fits", async () => {
    const at = kv();
    await at.put("k", '"P1D"', "?type=STRING");
    expect(await (await at.patch("k", { type: "DURATION" })).json()).toMatchObject({ type: "DURATION" });
    expect((await (await at.get("k")).json()).value).toBe("PT24H");
    expect((await at.patch("k", { type: "NUMBER" })).status).toBe(422);
  });

  it("digits of a value inside an envelope are kept", async () => {
    const at = kv();
    await at.put("k", '{"value": 123456789012345678901234567890.10, "type":"NUMBER"}', "", { "Content-Type": ENTRY });
    expect(rawValueOf(await (await at.get("k")).text())).toBe("123456789012345678901234567890.10");
    await at.patch("k", '{ "value" : 1e400 }');
    expect(rawValueOf(await (await at.get("k")).text())).toBe("1e400");
  });

  it("the new value of a secret shares no object, though the PATCH does not say again that it is one", async () => {
    const at = kv();
    const keys = Array.from({ length: 24 }, (_, index) => `k${index}`);
    const secret = JSON.stringify({ value: 1, secret: true });
    await Promise.all(keys.map((key) => at.put(key, secret, "", { "Content-Type": ENTRY })));
    const changed = await Promise.all(
      keys.map(async (key) => (await at.patch(key, { value: 2, type: "NUMBER" })).json<{ uri: string }>()),
    );
    expect(new Set(changed.map(({ uri }) => uri)).size).toBe(keys.length);
  });

  it("an envelope is the whole entry: what it leaves out is cleared; a bare value keeps description and labels", async () => {
    const at = kv();
    const put = (fields: object) => at.put("k", JSON.stringify(fields), "", { "Content-Type": ENTRY });
    await put({ value: 1, description: "d", labels: { a: "b" }, secret: true, expiresAt: "2100-01-01T00:00:00Z" });
    expect(await (await at.put("k", "2")).json()).toMatchObject({
      description: "d",
      labels: { a: "b" },
      secret: true,
      expirationDate: null,
    });
    expect(await (await put({ value: 3 })).json()).toMatchObject({ description: null, labels: {}, secret: false });
  });

  it("an entry that was read can be sent back as it is", async () => {
    const at = kv();
    await at.put("k", "[1]", "?description=d");
    const read = await (await at.get("k")).text();
    expect((await at.put("k", read, "", { "Content-Type": ENTRY })).status).toBe(200);
    expect(await (await at.get("k")).json()).toMatchObject({ value: [1], description: "d", revision: 2 });
  });

  it("PATCH of a key that is not there is a 404", async () => {
    expect((await kv().patch("k", { value: 1 })).status).toBe(404);
    expect((await kv().patch("k", { description: "d" })).status).toBe(404);
    expect((await kv().patch("k", { type: "JSON" })).status).toBe(404);
  });

  it.each([
    ["[]", 400, "body"],
    ["{", 400, "body"],
    ['{"value":1,"value":2}', 400, "body"],
    ['{"descripton":"d"}', 422, "descripton"],
    ['{"description":5}', 422, "description"],
    ['{"description":"\\u0000"}', 422, "description"],
    ['{"description":"\\ud800"}', 422, "description"],
    ['{"labels":[]}', 422, "labels"],
    ['{"labels":{"a":1}}', 422, "labels"],
    ['{"labels":{"":"x"}}', 422, "labels"],
    ['{"secret":"yes"}', 422, "secret"],
    ['{"type":"TEXT"}', 422, "type"],
    ['{"ttl":"1d"}', 422, "ttl"],
    ['{"ttl":"PT0S"}', 422, "ttl"],
    ['{"ttl":"-PT1H"}', 422, "ttl"],
    ['{"ttl":"P36526D"}', 422, "ttl"],
    ['{"ttl":"P1D","expiresAt":"2100-01-01T00:00:00Z"}', 422, "ttl"],
    ['{"expiresAt":"tomorrow"}', 422, "expiresAt"],
    ['{"expiresAt":"2001-01-01T00:00:00Z"}', 422, "expiresAt"],
  ])("%s is refused and changes nothing", async (fields, status, field) => {
    const at = kv();
    await at.put("k", "1");
    const answer = await at.patch("k", fields);
    expect([answer.status, (await answer.json()).field]).toEqual([status, field]);
    expect((await (await at.get("k")).json()).revision).toBe(1);
  });

  it("another media type is refused, and says which ones are taken", async () => {
    const answer = await kv().patch("k", "a=1", { "Content-Type": "application/x-www-form-urlencoded" });
    expect(answer.status).toBe(415);
    expect((await answer.json()).detail).toContain("application/merge-patch+json");
  });
});
