import { expect, it } from "vitest";
import { type Answer, kvAt, type Members } from "../support/kv.ts";
import { onEachPair } from "./pairs.ts";

interface SearchPage {
  readonly results: readonly Members[];
  readonly total?: number;
}

let tenants = 0;

onEachPair("search", ({ service }) => {
  /** A tenant of the test's own, with requests on its namespaces. */
  const tenant = () => {
    const base = `/api/v1/search-${process.pid}-${++tenants}`;
    const on = (namespace: string) => kvAt(service().address, namespace, base);
    const send = (query: string): Promise<Answer> => on("x").send("GET", `/kv${query}`);
    const places = async (query: string) => {
      const { results, total } = await (await send(query)).json<SearchPage>();
      return { places: results.map(({ namespace, key }) => `${namespace}/${key}`), total };
    };
    return { base, on, send, places };
  };

  /** Six entries in three namespaces, with ties. */
  const filled = async () => {
    const it = tenant();
    for (const namespace of ["b", "a.x", "a"])
      for (const key of ["one", "two"]) await it.on(namespace).put(key, "1", `?description=${namespace}&ttl=P1D`);
    return it;
  };
  const ALL = ["a/one", "a/two", "a.x/one", "a.x/two", "b/one", "b/two"];
  const BY_KEY = ["a/one", "a.x/one", "b/one", "a/two", "a.x/two", "b/two"];

  it("answers as Kestra does: results and total, ten unless said otherwise, page by page", async () => {
    const { on, send, places } = await filled();
    for (let n = 10; n < 18; n++) await on("c").put(`k${n}`, "1");
    const first = await places("");
    expect([first.places.slice(0, 6), first.places.length, first.total]).toEqual([ALL, 10, 14]);
    expect(await places("?page=2&size=4&sort=key:asc")).toEqual({
      places: ["c/k14", "c/k15", "c/k16", "c/k17"],
      total: 14,
    });
    expect(await places("?page=5&size=4")).toEqual({ places: [], total: 14 });
    expect(await places("?page=1&size=1&sort=creationDate:desc")).toEqual({ places: ["c/k17"], total: 14 });
    const [entry] = (await (await send("?size=1")).json<SearchPage>()).results;
    const shape = { namespace: "a", key: "one", type: "NUMBER", revision: 1, description: "a" };
    expect(entry).toMatchObject({ ...shape, creationDate: expect.any(String), updateDate: expect.any(String) });
    expect(JSON.stringify(entry)).not.toContain('"value"');
  });

  it("the older base is the tenant main, and tenants do not see each other", async () => {
    const [mine, theirs] = [await filled(), tenant()];
    expect(await theirs.places("")).toEqual({ places: [], total: 0 });
    await kvAt(service().address, "older.base").put("k", "1");
    const query = "?filters[namespace][EQUALS]=older.base";
    const older = (await (await fetch(`${service().address}/api/v1/kv${query}`)).json()) as SearchPage;
    expect(older).toMatchObject({ results: [{ namespace: "older.base", key: "k" }], total: 1 });
    expect((await mine.places(query)).total).toBe(0);
  });

  it("Kestra's filters and ours hold together", async () => {
    const { on, places } = await filled();
    await on("a.x").put("two", '"s"', "?description=Needle%20%25_&ttl=P9D");
    await on("a.x").patch("two", { labels: { team: "data" } });
    const of = async (query: string) => {
      const found = await places(query);
      expect(found.total).toBe(found.places.length);
      return found.places;
    };
    expect(await of("?filters[namespace][EQUALS]=a")).toEqual(["a/one", "a/two"]);
    expect(await of("?filters%5Bnamespace%5D%5BIN%5D=a,b,%25&sort=key:asc")).toEqual([
      "a/one",
      "b/one",
      "a/two",
      "b/two",
    ]);
    expect(await of("?filters[namespace][STARTS_WITH]=a")).toEqual(ALL.slice(0, 4));
    expect(await of("?filters[namespace][STARTS_WITH]=%25")).toEqual([]);
    expect(await of("?filters[namespace][PREFIX]=a&filters[namespace][NOT_EQUALS]=a")).toEqual(ALL.slice(2, 4));
    expect(await of("?filters[namespace][STARTS_WITH]=a&filters[q][EQUALS]=TW")).toEqual(["a/two", "a.x/two"]);
    expect(await of("?filters[query]=nEEDLE%20%25_")).toEqual(["a.x/two"]);
    expect(await of("?q=needle&type=STRING,DATE&label=team=data&prefix=t&filters[namespace][IN]=a.x")).toEqual([
      "a.x/two",
    ]);
    expect(await of("?q=needle&filters[namespace][EQUALS]=a")).toEqual([]);
    const soon = new Date(Date.now() + 2 * 86_400_000).toISOString();
    expect(await of(`?expiresBefore=${soon}&prefix=two`)).toEqual(["a/two", "b/two"]);
    expect(await of(`?filters[updated][GREATER_THAN]=${soon}`)).toEqual([]);
    expect(await of(`?filters[updated][LESS_THAN]=${soon}`)).toEqual(ALL);
  });

  it.each([
    "key",
    "key:desc",
    "namespace:asc",
    "namespace:desc",
    "created",
    "creationDate:desc",
    "updateDate:asc",
    "updated:desc",
    "expires",
    "expirationDate:desc",
    "revision",
    "revision:desc",
    "description:asc",
    "description:desc",
  ])("by %s: pages behind the Link make the whole, while others write and delete", async (sort) => {
    const { base, on, places } = await filled();
    const { places: whole, total } = await places(`?sort=${sort}&size=100`);
    expect([whole.length, total]).toEqual([6, 6]);
    const column = sort.split(":")[0] ?? "";
    if (column === "revision" || column === "key")
      expect(whole).toEqual(sort.endsWith("desc") ? BY_KEY.toReversed() : BY_KEY);
    const walked: string[] = [];
    let next: string | undefined = `${base}/kv?size=2&sort=${sort}&total=true`;
    for (let turn = 0; next; turn++) {
      const answer: Response = await fetch(`${service().address}${next}`);
      const page = (await answer.json()) as SearchPage;
      expect(page.total).toBe(6);
      walked.push(...page.results.map(({ namespace, key }) => `${namespace}/${key}`));
      for (const namespace of ["0", "zz"]) {
        await on(namespace).put(`o${turn}`, "1", "?ttl=PT1H");
        await on(namespace).delete(`o${turn}`);
      }
      next = /<([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
      expect(next ?? "cursor=").toContain("cursor=");
    }
    expect(walked).toEqual(whole);
  });

  it("a page behind a cursor has a total on request only, and any page can do without", async () => {
    const { base, send } = await filled();
    const first = await send("?size=2&total=false");
    expect(await first.json<SearchPage>()).not.toHaveProperty("total");
    const next = /<([^>]+)>/.exec(first.headers.get("link") ?? "")?.[1]?.slice(base.length + "/kv".length) ?? "";
    expect(await (await send(next.replace("total=false", "total=true"))).json<SearchPage>()).toMatchObject({
      total: 6,
    });
    expect(await (await send(next.replace("&total=false", ""))).json<SearchPage>()).not.toHaveProperty("total");
  });

  it.each([
    ["?page=0", 400, "page"],
    ["?page=-1", 400, "page"],
    ["?page=99999999999999999", 400, "page"],
    ["?size=0", 400, "size"],
    ["?size=1001", 400, "size"],
    ["?limit=x", 400, "limit"],
    ["?size=1&limit=1", 400, "size"],
    ["?sort=secret", 400, "sort"],
    ["?sort=__proto__:asc", 400, "sort"],
    ["?sort=key:up", 400, "sort"],
    ["?sort=key:asc:asc", 400, "sort"],
    ["?sort=key&sort=updated", 400, "sort"],
    ["?total=yes", 400, "total"],
    ["?expired=1", 400, "expired"],
    ["?type=TEXT", 422, "type"],
    ["?label=team", 400, "label"],
    ["?label=a=%00", 422, "label"],
    ["?q=%00", 422, "q"],
    ["?prefix=%00", 422, "prefix"],
    ["?expiresBefore=tomorrow", 422, "expiresBefore"],
    ["?expiresbefore=2030-01-01T00:00:00Z", 400, "expiresbefore"],
    ["?cursor=", 400, "cursor"],
    ["?cursor=e30", 400, "cursor"],
    ["?filters[scope][EQUALS]=USER", 422, "filters[scope][EQUALS]"],
    ["?filters[namespace][REGEX]=.*", 422, "filters[namespace][REGEX]"],
    ["?q=a&filters[q][EQUALS]=b", 400, "q"],
  ])("%s is refused with %i", async (query, status, field) => {
    const answer = await tenant().send(query);
    expect([answer.status, (await answer.json()).field]).toEqual([status, field]);
  });

  it.each([
    ["no list", "key", {}],
    ["a number for a key", "key", ["key", null, 1, ""]],
    ["U+0000", "key", ["key", null, "a\0", ""]],
    ["half of a pair", "key", ["key", null, "\ud800", ""]],
    ["another order", "updated", ["key", null, "k", "n"]],
    ["the other way round", "key", ["key:desc", null, "k", "n"]],
    ["no time", "updated", ["updated", "yesterday", "k", "n"]],
    ["a time that is none", "updated", ["updated", "9999-99-99T00:00:00Z", "k", "n"]],
    ["no value", "created", ["created", null, "k", "n"]],
    ["no revision", "revision", ["revision", "many", "k", "n"]],
    ["more revisions than there are", "revision", ["revision", "9".repeat(19), "k", "n"]],
  ])("a cursor that holds %s is refused", async (_, sort, parts) => {
    const cursor = Buffer.from(JSON.stringify(parts)).toString("base64url");
    const answer = await tenant().send(`?sort=${sort}&cursor=${cursor}`);
    expect([[400, 422].includes(answer.status), (await answer.json()).field]).toEqual([true, "cursor"]);
  });

  it("page and cursor exclude each other", async () => {
    const { send } = await filled();
    const next = /[?&]cursor=([^&>]+)/.exec((await send("?size=1")).headers.get("link") ?? "")?.[1];
    const answer = await send(`?page=2&cursor=${next}`);
    expect([answer.status, (await answer.json()).field]).toEqual([400, "page"]);
  });

  it("a deep page is an answer, not a load", async () => {
    const { places } = await filled();
    expect(await places("?page=9007199254740991&size=1000")).toEqual({ places: [], total: 6 });
    expect(await places("?page=6&size=1&sort=updated")).toMatchObject({ places: [expect.any(String)], total: 6 });
  });
});
