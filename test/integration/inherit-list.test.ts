import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { freshNamespace, type Kv, kvAt, type Members } from "../support/kv.ts";
import { onEachPair } from "./pairs.ts";

onEachPair("lists with what is above", ({ service }) => {
  /** A namespace with two above it, and requests on each of the three. */
  const family = () => {
    const top = freshNamespace();
    const names = [top, `${top}.mid`, `${top}.mid.leaf`] as const;
    const [above, middle, leaf] = names.map((name) => kvAt(service().address, name)) as [Kv, Kv, Kv];
    const read = async (path: string) => {
      const answer = await leaf.send("GET", `/namespaces/${names[2]}/kv${path}`);
      const entries = await answer.json<Members[]>();
      return { answer, places: entries.map(({ namespace, key }) => `${namespace.slice(top.length)}/${key}`) };
    };
    return { above, middle, leaf, names, read };
  };

  it("inherit=true shows of each key the nearest living entry, and where it is", async () => {
    const { above, middle, leaf, read } = family();
    for (const key of ["everywhere", "top", "expired", "deleted", "%_'\"😀"]) await above.put(key, "1");
    for (const key of ["everywhere", "both", "__proto__"]) await middle.put(key, '"x"');
    for (const key of ["everywhere", "own", "deleted"]) await leaf.put(key, "true");
    await leaf.put("expired", "1", "?ttl=PT0.05S");
    await leaf.delete("deleted");
    while ((await leaf.get("expired", "?peek=true")).status === 200) await sleep(20);
    const all = [
      "/%_'\"😀",
      ".mid/__proto__",
      ".mid/both",
      "/deleted",
      ".mid.leaf/everywhere",
      "/expired",
      ".mid.leaf/own",
      "/top",
    ];
    expect((await read("?inherit=true")).places).toEqual(all);
    expect((await read("?inherit=false")).places).toEqual([".mid.leaf/everywhere", ".mid.leaf/own"]);
    expect((await read("?inherit=true&type=NUMBER")).places).toEqual(["/%_'\"😀", "/deleted", "/expired", "/top"]);
    expect((await read("?inherit=true&q=%25_'")).places).toEqual(["/%_'\"😀"]);
    const counted = await read("?inherit=true&limit=3&sort=key:desc&total=true");
    expect(counted.places).toEqual(all.toReversed().slice(0, 3));
    expect(counted.answer.headers.get("x-total-count")).toBe("8");
  });

  it("/kv/inheritance is Kestra's: what those above have, though the namespace has it itself", async () => {
    const { above, middle, leaf, names, read } = family();
    await above.put("shared", "1", "?description=top");
    await above.put("top", "1");
    await middle.put("shared", "2", "?description=middle");
    await leaf.put("shared", "3");
    await leaf.put("own", "4");
    expect((await read("/inheritance")).places).toEqual([".mid/shared", "/top"]);
    const [first] = await (await leaf.send("GET", `/namespaces/${names[2]}/kv/inheritance?prefix=sh`)).json<
      Members[]
    >();
    expect(first).toMatchObject({ key: "shared", description: "middle", expirationDate: null });
    expect(await (await leaf.send("GET", "/namespaces/nothing-above/kv/inheritance")).json()).toEqual([]);
    const older = await fetch(`${leaf.address}/api/v1/namespaces/${names[2]}/kv/inheritance`);
    expect(await older.json()).toHaveLength(2);
  });

  it("a key named inheritance is still read, by kv:entry", async () => {
    const { leaf, names } = family();
    expect((await leaf.put("inheritance", '"me"')).status).toBe(200);
    const entry = await leaf.send("GET", `/namespaces/${names[2]}/kv:entry?key=inheritance`);
    expect((await entry.json()).value).toBe("me");
    expect(await (await leaf.send("GET", `/namespaces/${names[2]}/kv/inheritance`)).json()).toEqual([]);
    expect(await (await leaf.delete("inheritance")).json()).toBe(true);
  });

  it("pages follow each other while others write, and all at once is the same", async () => {
    const { above, middle, leaf, names, read } = family();
    const keys = Array.from({ length: 12 }, (_, n) => `k${String(n).padStart(2, "0")}`);
    await Promise.all(keys.map((key, n) => [above, middle, leaf][n % 3]?.put(key, "1")));
    await Promise.all(keys.filter((_, n) => n % 2).map((key) => above.put(key, "1")));
    for (const sort of ["key", "key:desc", "created", "updated:desc", "expires", "description:desc"]) {
      const whole = (await read(`?inherit=true&sort=${sort}`)).places;
      const walked: string[] = [];
      let next: string | undefined = `/api/v1/main/namespaces/${names[2]}/kv?inherit=true&limit=5&sort=${sort}`;
      while (next) {
        const answer: Response = await fetch(`${leaf.address}${next}`);
        const entries = (await answer.json()) as Members[];
        walked.push(...entries.map(({ namespace, key }) => `${namespace.slice((names[0] ?? "").length)}/${key}`));
        await leaf.put(`k${walked.length}-while-${sort}`, "1", "?ttl=PT1H&description=~");
        await leaf.delete(`k${walked.length}-while-${sort}`);
        next = /<([^>]+)>; rel="next"/.exec(answer.headers.get("link") ?? "")?.[1];
      }
      expect(walked).toEqual(whole);
      expect(whole).toHaveLength(12);
    }
  });
});
