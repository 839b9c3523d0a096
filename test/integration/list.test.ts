import { expect, it } from "vitest";
import type { Kv, Members } from "../support/kv.ts";
import { onEachPair } from "./pairs.ts";

async function filled(at: Kv, keys: readonly string[]): Promise<string> {
  const answers = await Promise.all(keys.map((key) => at.put(key, JSON.stringify(key))));
  return (await answers[0]?.json())?.namespace ?? "";
}

onEachPair("list", ({ kv }) => {
  it("shows a namespace and no other, in the order of code points, without values", async () => {
    const at = kv();
    const namespace = await filled(at, ["b", "a", "B", "é", "😀", "a/b"]);
    await kv().put("stranger", "1");
    const answer = await at.send("GET", `/namespaces/${namespace}/kv`);
    const text = await answer.text();
    expect((JSON.parse(text) as Members[]).map(({ key }) => key)).toEqual(["B", "a", "a/b", "b", "é", "😀"]);
    expect(text).not.toContain('"value"');
  });

  it("an empty namespace is an empty list", async () => {
    expect(await (await kv().send("GET", "/namespaces/nobody.was.here/kv")).json()).toEqual([]);
  });

  it("pages follow each other by the Link header, stable while keys are added", async () => {
    const at = kv();
    const keys = Array.from({ length: 25 }, (_, n) => `k${String(n).padStart(2, "0")}`);
    const namespace = await filled(at, keys);
    const seen: string[] = [];
    let next: string | undefined = `/api/v1/main/namespaces/${namespace}/kv?limit=10`;
    while (next) {
      const answer: Response = await fetch(`${at.address}${next}`);
      seen.push(...((await answer.json()) as Members[]).map(({ key }) => key));
      await at.put("k00-added-behind-the-reader", "1");
      next = /<([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
    }
    expect(seen).toEqual(keys);
  });

  it("filters and sorts", async () => {
    const at = kv();
    const namespace = await filled(at, ["app/a", "app/b", "other"]);
    await at.put("app/n", "5", "?description=Number%20of%20RETRIES&ttl=P1D");
    await at.patch("app/n", { labels: { team: "data", tier: "1" } });
    const keysOf = async (query: string) => {
      const entries = await (await at.send("GET", `/namespaces/${namespace}/kv${query}`)).json<Members[]>();
      return entries.map(({ key }) => key);
    };
    expect(await keysOf("?prefix=app/")).toEqual(["app/a", "app/b", "app/n"]);
    expect(await keysOf("?type=NUMBER")).toEqual(["app/n"]);
    expect(await keysOf("?q=retries")).toEqual(["app/n"]);
    expect(await keysOf("?label=team=data&label=tier=1")).toEqual(["app/n"]);
    expect(await keysOf("?label=team=other")).toEqual([]);
    expect((await keysOf("?sort=updated:desc"))[0]).toBe("app/n");
    expect((await keysOf("?sort=expires"))[0]).toBe("app/n");
    expect(await keysOf("?sort=key:desc")).toEqual(["other", "app/n", "app/b", "app/a"]);
  });

  it("more than a page comes as one array when no limit is asked for", async () => {
    const at = kv();
    const keys = Array.from({ length: 1_203 }, (_, n) => `k${String(n).padStart(5, "0")}`);
    const namespace = await filled(at, keys);
    const entries = await (await at.send("GET", `/namespaces/${namespace}/kv`)).json<Members[]>();
    expect(entries.map(({ key }) => key)).toEqual(keys);
  });

  it("totals on request, with the same filters, and what expires before an instant", async () => {
    const at = kv();
    const namespace = await filled(at, ["app/a", "app/b", "other"]);
    await at.put("app/soon", "5", "?expiresAt=2999-01-01T00:00:00Z");
    const answer = (query: string) => at.send("GET", `/namespaces/${namespace}/kv${query}`);
    expect((await answer("")).headers.get("x-total-count")).toBeNull();
    expect((await answer("?total=true")).headers.get("x-total-count")).toBe("4");
    const page = await answer("?total=true&prefix=app/&limit=1");
    expect([page.headers.get("x-total-count"), (await page.json<Members[]>()).length]).toEqual(["3", 1]);
    const expiring = async (before: string) =>
      (await (await answer(`?expiresBefore=${before}`)).json<Members[]>()).map(({ key }) => key);
    expect(await expiring("2999-01-01T00:00:00.000001Z")).toEqual(["app/soon"]);
    expect(await expiring("2999-01-01T00:00:00Z")).toEqual([]);
    expect(await expiring("2999-01-01T01:00:00%2B00:30")).toEqual(["app/soon"]);
  });

  it("Kestra's names of columns sort as ours", async () => {
    const at = kv();
    const namespace = await filled(at, ["b", "a", "c"]);
    await at.patch("a", { description: "last" });
    const keysOf = async (sort: string) => {
      const entries = await (await at.send("GET", `/namespaces/${namespace}/kv?sort=${sort}`)).json<Members[]>();
      return entries.map(({ key }) => key);
    };
    expect((await keysOf("updateDate:desc"))[0]).toBe("a");
    expect(await keysOf("revision:desc")).toEqual(["a", "c", "b"]);
    expect(await keysOf("description")).toEqual(["a", "b", "c"]);
    expect(await keysOf("key:DESC")).toEqual(["c", "b", "a"]);
  });
});
