import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Kv, Members } from "../support/kv.ts";
import { rawValueOf } from "../support/kv.ts";
import { onEachPair } from "./pairs.ts";

interface RevisionMembers extends Members {
  readonly action: string;
  readonly uri: string | null;
  readonly digest: string;
  readonly door: string;
}

onEachPair("history", ({ kv }) => {
  const below = async (at: Kv, path: string, init?: RequestInit, method = "GET") => {
    const namespace = /namespaces\/([^/]+)/.exec(new URL(await urlOf(at)).pathname)?.[1];
    return at.send(method, `/namespaces/${namespace}/${path}`, init);
  };
  const urlOf = async (at: Kv) => (await at.get("url-of-the-namespace")).url;
  const post = (at: Kv, path: string, headers: Record<string, string> = {}) => below(at, path, { headers }, "POST");
  const listed = async (at: Kv, key = "k") =>
    (await below(at, `kv/${encodeURIComponent(key)}/revisions`)).json<RevisionMembers[]>();

  it("lists who changed what, the newest first, deletions among them", async () => {
    const at = kv();
    await at.put("k", '"one"', "?description=first");
    await at.patch("k", { labels: { a: "b" } }, { "X-KV-Door": "terraform" });
    await at.delete("k", { "X-KV-Door": "cli" });
    const revisions = await listed(at);
    expect(revisions.map(({ revision, action, door }) => [revision, action, door])).toEqual([
      [3, "delete", "cli"],
      [2, "patch", "terraform"],
      [1, "put", "http"],
    ]);
    expect(revisions.map(({ uri }) => uri === null)).toEqual([true, false, false]);
    expect(new Set(revisions.map(({ digest }) => digest)).size).toBe(1);
    expect(revisions[2]).toMatchObject({ type: "STRING", size: 5, description: "first", updatedBy: "anonymous" });
  });

  it("comes in pages", async () => {
    const at = kv();
    for (const n of [1, 2, 3]) await at.put("k", `${n}`);
    const first = await below(at, "kv/k/revisions?limit=2");
    expect((await first.json<Members[]>()).map(({ revision }) => revision)).toEqual([3, 2]);
    const next = /<(.+)>; rel="next"/.exec(first.headers.get("link") ?? "")?.[1];
    const second = (await fetch(`${at.address}${next}`)) as Response;
    expect(((await second.json()) as Members[]).map(({ revision }) => revision)).toEqual([1]);
    expect(second.headers.get("link")).toBeNull();
  });

  it("a revision is read as it was, also when the key is gone, and is not kept for ever", async () => {
    const at = kv();
    const first = await at.put("k", '{"a": 1.0}', "?description=first");
    const { etag } = await first.json();
    for (let n = 2; n <= 10; n++) await at.put("k", `${n}`);
    const read = await at.get("k", "?revision=1");
    expect(read.headers.get("etag")).toBe(`"${etag}"`);
    const body = await read.text();
    expect(JSON.parse(body)).toMatchObject({ revision: 1, description: "first", type: "JSON" });
    expect(rawValueOf(body)).toBe('{"a": 1.0}');
    expect(await (await at.get("k", "?revision=1&raw=true")).text()).toBe('{"a": 1.0}');
    expect((await at.get("k", "?revision=1", { "If-None-Match": `"${etag}"` })).status).toBe(304);
    await at.delete("k");
    expect((await at.get("k", "?revision=11")).status).toBe(404);
    expect((await at.get("k", "?revision=1")).status).toBe(404); // the eleventh pushed it out
    expect(await (await at.get("k", "?revision=2&raw=true")).text()).toBe("2");
    expect((await at.get("k", "?revision=zero")).status).toBe(400);
    expect((await below(at, "kv/never/revisions")).status).toBe(404);
  });

  it("a restore is a new revision that names the same object", async () => {
    const at = kv();
    await at.put("k", "1", "?description=first");
    await at.put("k", "2", "?description=second");
    const restored = await post(at, "kv/k/revisions/1/restore");
    expect(restored.status).toBe(200);
    const entry = await restored.json();
    expect(entry).toMatchObject({ revision: 3, description: "first" });
    const [newest, , oldest] = await listed(at);
    expect(newest?.uri).toBe(oldest?.uri);
    expect(await (await at.get("k", "?raw=true")).text()).toBe("1");
    expect(restored.headers.get("etag")).toBe(`"${entry.etag}"`);
  });

  it("a restore undeletes, also what has expired", async () => {
    const at = kv();
    await at.put("deleted", "1");
    await at.delete("deleted");
    expect((await post(at, "kv/deleted/revisions/2/restore")).status).toBe(404);
    expect((await post(at, "kv/deleted/revisions/1/restore")).status).toBe(200);
    expect(await (await at.get("deleted", "?raw=true")).text()).toBe("1");
    await at.put("expired", "2", `?expiresAt=${new Date(Date.now() + 100).toISOString()}`);
    while ((await at.get("expired")).status === 200) await sleep(20);
    const restored = await post(at, "kv/expired/revisions/1/restore");
    expect(await restored.json()).toMatchObject({ revision: 3, expirationDate: null });
    await at.put("timed", "3", "?ttl=PT1H");
    await at.delete("timed");
    const timed = await (await post(at, "kv/timed/revisions/1/restore")).json();
    expect(timed.ttl).toBe("PT1H");
    expect(timed.expirationDate > timed.updateDate).toBe(true);
  });

  it("a restore honours If-Match, and a repeat gets the first answer", async () => {
    const at = kv();
    const { etag } = await (await at.put("k", "1")).json();
    for (let n = 2; n <= 10; n++) await at.put("k", `${n}`);
    expect((await post(at, "kv/k/revisions/1/restore", { "If-Match": `"${etag}"` })).status).toBe(412);
    expect((await post(at, "kv/k/revisions/1/restore", { "If-None-Match": "*" })).status).toBe(412);
    const first = await post(at, "kv/k/revisions/1/restore", { "Idempotency-Key": "once" });
    // By now the restored revision itself has left history.
    expect((await at.get("k", "?revision=1")).status).toBe(404);
    const again = await post(at, "kv/k/revisions/1/restore", { "Idempotency-Key": "once" });
    expect(again.status).toBe(200);
    expect(await again.json()).toEqual(await first.json());
    expect((await post(at, "kv/k/revisions/1/restore")).status).toBe(404);
  });

  it.each(["revisions", "restore", "a/revisions", "..", "a b", "1"])(
    "reaches the history of a key named %s",
    async (key) => {
      const at = kv();
      const query = `?key=${encodeURIComponent(key)}`;
      await below(at, `kv:entry${query}`, { body: "1" }, "PUT");
      await below(at, `kv:entry${query}`, { body: "2" }, "PUT");
      const byQuery = await (await below(at, `kv:revisions${query}`)).json<Members[]>();
      expect(byQuery.map(({ revision }) => revision)).toEqual([2, 1]);
      if (key !== "..") expect(await listed(at, key)).toEqual(byQuery);
      expect((await post(at, `kv:restore${query}&revision=1`)).status).toBe(200);
      expect(await (await below(at, `kv:entry${query}&raw=true`)).text()).toBe("1");
      expect(await (await below(at, `kv:entry${query}&raw=true&revision=2`)).text()).toBe("2");
      if (key === "..") return;
      expect((await post(at, `kv/${encodeURIComponent(key)}/revisions/2/restore`)).status).toBe(200);
      expect(await (await below(at, `kv:entry${query}&raw=true`)).text()).toBe("2");
    },
  );
});
