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
      ["GET", "?revision=2"],
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
