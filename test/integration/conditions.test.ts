import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { freshNamespace, kvAt } from "../support/kv.ts";
import { onEachPair } from "./pairs.ts";

onEachPair("preconditions", ({ kv, service }) => {
  it("50 parallel creates: exactly one wins, and the others are told who did", async () => {
    const at = kv();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        at.put("k", `${n}`, n % 2 ? "?overwrite=false" : "", n % 2 ? {} : { "If-None-Match": "*" }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 412);
    expect(refused).toHaveLength(49);
    expect(await refused[0]?.json()).toMatchObject({
      type: "/problems/already-exists",
      current: { revision: 1, updatedBy: "anonymous", door: "http" },
    });
    const winner = await (await at.get("k")).json();
    expect(winner.revision).toBe(1);
  });

  it("If-Match follows the ETag, and a stale one changes nothing", async () => {
    const at = kv();
    const first = (await at.put("k", "1")).headers.get("etag") ?? "";
    const second = (await at.put("k", "2", "", { "If-Match": first })).headers.get("etag") ?? "";
    for (const refused of [
      await at.put("k", "3", "", { "If-Match": first }),
      await at.patch("k", { value: 3 }, { "If-Match": first }),
      await at.delete("k", { "If-Match": first }),
    ]) {
      expect(refused.status).toBe(412);
      expect(await refused.json()).toMatchObject({
        type: "/problems/stale",
        current: { revision: 2, etag: second.slice(1, -1) },
      });
    }
    expect(await (await at.get("k")).json()).toMatchObject({ value: 2, revision: 2 });
    expect(await (await at.delete("k", { "If-Match": second })).json()).toBe(true);
  });

  it("an ETag of a key that was deleted and made anew never matches", async () => {
    const at = kv();
    const old = (await at.put("k", "1")).headers.get("etag") ?? "";
    await at.delete("k");
    await at.put("k", "1");
    expect((await at.put("k", "2", "", { "If-Match": old })).status).toBe(412);
  });

  it("If-Match: * wants any value, a weak tag matches none", async () => {
    const at = kv();
    expect((await at.put("k", "1", "", { "If-Match": "*" })).status).toBe(412);
    const etag = (await at.put("k", "1")).headers.get("etag") ?? "";
    expect((await at.put("k", "2", "", { "If-Match": "*" })).status).toBe(200);
    const now = (await at.get("k")).headers.get("etag") ?? "";
    expect((await at.put("k", "3", "", { "If-Match": `W/${now}` })).status).toBe(412);
    expect(now).not.toBe(etag);
  });

  it("a read with If-Match answers the revision that it names, and 412 when that is another one", async () => {
    const at = kv();
    const old = (await at.put("k", "1")).headers.get("etag") ?? "";
    const now = (await at.put("k", "2")).headers.get("etag") ?? "";
    const { url } = await at.get("k"); // and its bytes are in memory from here on
    for (const [method, query] of [
      ["GET", ""],
      ["HEAD", ""],
      ["GET", "?raw=true"],
      ["HEAD", "?raw=true"],
      ["GET", "?inherit=true"],
      ["HEAD", "?revision=2"],
    ] as const)
      for (const [ifMatch, status] of [
        [now, 200],
        ["*", 200],
        [`"other", ${now}`, 200],
        [old, 412],
        [`W/${now}`, 412],
      ] as const) {
        const answer = await fetch(`${url}${query}`, { method, headers: { "If-Match": ifMatch } });
        expect([method, query, ifMatch, answer.status]).toEqual([method, query, ifMatch, status]);
        if (status === 412 && method === "GET")
          expect(await answer.json()).toMatchObject({
            type: "/problems/stale",
            current: { revision: 2, etag: now.slice(1, -1) },
          });
      }
    expect((await at.get("k", "?revision=1", { "If-Match": old })).status).toBe(200);
    expect((await at.get("k", "?revision=1", { "If-Match": now })).status).toBe(412);
  });

  it("If-Match comes before If-None-Match and Range; a key that is not there is 404 whatever the condition", async () => {
    const at = kv();
    const etag = (await at.put("k", "12345")).headers.get("etag") ?? "";
    const other = '"other"';
    for (const [headers, status] of [
      [{ "If-Match": etag, "If-None-Match": etag }, 304],
      [{ "If-Match": other, "If-None-Match": etag }, 412],
      [{ "If-Match": etag, Range: "bytes=1-2" }, 206],
      [{ "If-Match": other, Range: "bytes=1-2" }, 412],
      [{ "If-Match": other, Range: "bytes=9-" }, 412],
    ] as const)
      expect((await at.get("k", "?raw=true", headers)).status).toBe(status);
    for (const ifMatch of ["*", etag]) expect((await at.get("none", "", { "If-Match": ifMatch })).status).toBe(404);
    const unread = await at.get("k", "", { "If-Match": "abc" });
    expect([unread.status, (await unread.json()).field]).toEqual([400, "If-Match"]);
  });

  it("a read with dates answers 304 or 412 as they say; a date of the very second of a change decides for the value", async () => {
    const at = kv();
    const etag = (await at.put("k", "12345")).headers.get("etag") ?? "";
    const { url, headers } = await at.get("k"); // and its bytes are in memory from here on
    const said = headers.get("last-modified") ?? "";
    const dated = (seconds: number) => new Date(Date.parse(said) + seconds * 1_000).toUTCString();
    const [before, then, after] = [dated(-1), dated(0), dated(1)];
    const now = Date.now();
    await sleep(Math.max(0, Date.parse(after) - now) + 5); // a date that lies ahead says nothing
    const [since, unless] = ["If-Modified-Since", "If-Unmodified-Since"];
    for (const [sent, whole, part] of [
      [{ [since]: before }, 200, 206],
      [{ [since]: then }, 200, 206],
      [{ [since]: after }, 304, 304],
      [{ [since]: dated(3_600) }, 200, 206],
      [{ [since]: "yesterday" }, 200, 206],
      [{ [since]: after, "If-None-Match": '"other"' }, 200, 206],
      [{ [since]: before, "If-None-Match": etag }, 304, 304],
      [{ [since]: after, "If-Match": '"other"' }, 412, 412],
      [{ [unless]: before }, 412, 412],
      [{ [unless]: then }, 412, 412],
      [{ [unless]: after }, 200, 206],
      [{ [unless]: "yesterday" }, 200, 206],
      [{ [unless]: before, "If-Match": etag }, 200, 206],
      [{ [unless]: before, [since]: after }, 412, 412],
      [{ [unless]: after, [since]: after }, 304, 304],
    ] as const)
      for (const query of ["", "?raw=true", "?revision=1"])
        for (const method of ["GET", "HEAD"]) {
          const sentAll = { ...sent, Range: "bytes=1-2" } as Record<string, string>;
          const answer = await fetch(`${url}${query}`, { method, headers: sentAll });
          const expected = method === "GET" && query === "?raw=true" ? part : whole;
          expect([method, query, sent, answer.status]).toEqual([method, query, sent, expected]);
        }
    const refused = await at.get("k", "", { [unless]: then });
    expect(await refused.json()).toMatchObject({
      type: "/problems/stale",
      detail: expect.stringContaining("not before the date of If-Unmodified-Since"),
      current: { revision: 1 },
    });
    // Another namespace may have the nearest key next time, with an earlier date.
    expect((await at.get("k", "?inherit=true", { [since]: after })).status).toBe(200);
    const untold = await at.get("k", "?inherit=true", { [unless]: after });
    const { field, detail } = await untold.json();
    expect([untold.status, field, detail]).toEqual([400, unless, expect.stringContaining("If-Match")]);
  });

  it("a refused read of an old revision tells of that revision, and not of the key as it is now", async () => {
    const at = kv();
    await at.put("k", "1");
    const now = (await at.put("k", "2")).headers.get("etag") ?? "";
    const subject = "Revision 1 of key 'k' in namespace";
    for (const [headers, why] of [
      [{ "If-Match": now }, "has another ETag than the request names."],
      [{ "If-Unmodified-Since": "Sun, 06 Nov 1994 08:49:37 GMT" }, "not before the date of If-Unmodified-Since."],
    ] as const) {
      const refused = await at.get("k", "?revision=1", headers as Record<string, string>);
      const told = await refused.json<Record<string, string>>();
      expect([refused.status, told["type"], told["current"]]).toEqual([412, "/problems/other-revision", undefined]);
      expect([told["detail"]?.startsWith(subject), told["detail"]?.endsWith(why)]).toEqual([true, true]);
    }
  });

  it("a second write in one second is no news that a reader by dates misses", async () => {
    const at = kv();
    await at.put("k", "1");
    const said = (await at.get("k")).headers.get("last-modified") ?? "";
    await at.put("k", "2");
    const again = await at.get("k", "", { "If-Modified-Since": said });
    expect([again.status, (await again.json()).value]).toEqual([200, 2]);
  });

  it("a write with a date is refused and told of If-Match, with which it counts no more", async () => {
    const namespace = freshNamespace();
    const at = kvAt(service().address, namespace);
    const etag = (await at.put("k", "1")).headers.get("etag") ?? "";
    const date = { "If-Unmodified-Since": "Sun, 06 Nov 1994 08:49:37 GMT" };
    const one = `/namespaces/${namespace}`;
    for (const refused of [
      await at.put("k", "2", "", date),
      await at.put("k", "2", "", { ...date, "If-None-Match": "*" }),
      await at.patch("k", { value: 2 }, date),
      await at.delete("k", date),
      await at.send("POST", `${one}/kv/k/revisions/1/restore`, { headers: date }),
      await at.send("POST", `${one}/kv:batch`, { body: "{}", headers: date }),
      await at.send("PUT", one, { body: "{}", headers: date }),
      await at.send("DELETE", one, { headers: date }),
    ]) {
      const { field, detail } = await refused.json();
      expect([refused.status, field, detail]).toEqual([
        400,
        "If-Unmodified-Since",
        expect.stringContaining("If-Match"),
      ]);
    }
    expect((await at.get("k")).headers.get("etag")).toBe(etag);
    expect((await at.put("k", "2", "", { ...date, "If-Match": etag })).status).toBe(200);
    expect((await at.put("k", "3", "", { "If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT" })).status).toBe(200);
  });

  it.each([
    [{ "If-Match": "abc" }, "If-Match"],
    [{ "If-Match": '"a", "b"' }, "If-Match"],
    [{ "If-Match": "*", "If-None-Match": "*" }, "If-Match"],
    [{ "If-None-Match": '"a"' }, "If-None-Match"],
    [{ "Idempotency-Key": "x".repeat(256) }, "Idempotency-Key"],
  ])("%j cannot be read", async (headers, field) => {
    const answer = await kv().put("k", "1", "", headers as Record<string, string>);
    expect([answer.status, (await answer.json()).field]).toEqual([400, field]);
  });

  it.each([
    ["DELETE", "", '{"keys": ["k"]}'],
    ["POST", ":batch", '{"operations": [{"op": "delete", "key": "k"}]}'],
    ["POST", ":purge", '{"mode": "expired"}'],
    ["POST", ":import?format=json", '{"k": 2}'],
  ])("%s …/kv%s writes many keys: a condition on one is refused and not passed over", async (method, path, body) => {
    const namespace = freshNamespace();
    const at = kvAt(service().address, namespace);
    await at.put("k", "1");
    for (const [field, tag] of [
      ["If-Match", '"another"'],
      ["If-None-Match", "*"],
    ] as const) {
      const headers = { "Content-Type": "application/json", [field]: tag };
      const refused = await at.send(method, `/namespaces/${namespace}/kv${path}`, { body, headers });
      const { field: named, detail } = await refused.json<Record<string, unknown>>();
      expect([refused.status, named, detail]).toEqual([400, field, expect.stringContaining("many keys")]);
    }
    expect(await (await at.get("k")).json()).toMatchObject({ value: 1, revision: 1 });
  });

  it.each([
    ["POST", "/namespaces", '{"id": "test.conditions"}'],
    ["POST", "/webhooks", '{"url": "http://127.0.0.1:9/"}'],
    ["PATCH", "/webhooks/none", "{}"],
    ["DELETE", "/webhooks/none", undefined],
    ["POST", "/webhooks/none/secret:rotate", undefined],
    ["POST", "/webhooks/none/deliveries:retry", "{}"],
  ])("%s %s has no ETag to compare with, so a condition is refused", async (method, path, body) => {
    for (const [field, tag] of [
      ["If-Match", '"another"'],
      ["If-None-Match", "*"],
    ] as const) {
      const init = { headers: { "Content-Type": "application/json", [field]: tag }, ...(body && { body }) };
      const refused = await kv().send(method, path, init);
      expect([refused.status, (await refused.json()).field]).toEqual([400, field]);
    }
  });

  it("a repeat with the same Idempotency-Key gets the first answer and writes nothing", async () => {
    const at = kv();
    const headers = { "Idempotency-Key": "once", "If-None-Match": "*" };
    const first = await (await at.put("k", "1", "", headers)).json();
    expect(await (await at.put("k", "1", "", headers)).json()).toEqual(first);
    await at.put("k", "2");
    expect(await (await at.put("k", "1", "", headers)).json()).toEqual(first);
    expect(await (await at.get("k")).json()).toMatchObject({ value: 2, revision: 2 });
    const reused = await at.put("k", "another value", "", headers);
    expect([reused.status, (await reused.json()).type]).toEqual([422, "/problems/idempotency-key-reused"]);
  });

  it("a repeated delete still answers true", async () => {
    const at = kv();
    await at.put("k", "1");
    const headers = { "Idempotency-Key": "gone" };
    expect(await (await at.delete("k", headers)).json()).toBe(true);
    expect(await (await at.delete("k", headers)).json()).toBe(true);
    expect(await (await at.delete("k")).json()).toBe(false);
  });
});
