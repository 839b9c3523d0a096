import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { freshNamespace, type Kv, kvAt } from "../support/kv.ts";
import { onEachPair } from "./pairs.ts";

async function putExpired(at: Kv): Promise<void> {
  await at.put("k", '"old"', "?ttl=PT0.05S");
  while ((await at.get("k", "?peek=true")).status === 200) await sleep(20);
}

onEachPair("inheritance of a key", ({ service }) => {
  /** A namespace and the two above it, the lowest first. */
  const family = () => {
    const root = freshNamespace();
    const names = [`${root}.team.job`, `${root}.team`, root] as const;
    const [job, team, top] = names.map((name) => kvAt(service().address, name)) as [Kv, Kv, Kv];
    return { names, job, team, top };
  };

  it("the nearest namespace that has the key answers, and says that it does", async () => {
    const { names, job, team, top } = family();
    for (const [at, namespace] of [
      [top, names[2]],
      [team, names[1]],
      [job, names[0]],
    ] as const) {
      await at.put("k", `"in ${namespace}"`);
      const found = await job.get("k", "?inherit=true");
      expect([found.status, found.headers.get("x-kv-namespace")]).toEqual([200, namespace]);
      expect(await found.json()).toMatchObject({ namespace, key: "k", value: `in ${namespace}` });
    }
    await job.delete("k");
    expect(await (await job.get("k", "?inherit=true")).json()).toMatchObject({ namespace: names[1] });
    expect((await job.get("k")).status).toBe(404);
    expect((await top.get("k")).headers.get("x-kv-namespace")).toBeNull();
  });

  it("also raw, in parts, by HEAD, under conditions and by query", async () => {
    const { names, job, top } = family();
    const { etag } = await (await top.put("k", '"inherited"')).json();
    const at = { "x-kv-namespace": names[2], etag: `"${etag}"` };
    const headersOf = (answer: Pick<Response, "headers">) =>
      Object.fromEntries(Object.keys(at).map((name) => [name, answer.headers.get(name)]));
    const raw = await job.get("k", "?inherit=true&raw=true");
    expect([await raw.text(), headersOf(raw)]).toEqual(['"inherited"', at]);
    const part = await job.get("k", "?inherit=true&raw=true", { Range: "bytes=1-2" });
    expect([part.status, await part.text(), headersOf(part)]).toEqual([206, "in", at]);
    const known = await job.get("k", "?inherit=true", { "If-None-Match": `"${etag}"` });
    expect([known.status, headersOf(known)]).toEqual([304, at]);
    const byQuery = `/namespaces/${names[0]}/kv:entry?key=k&inherit=true`;
    for (const method of ["HEAD", "GET"]) {
      const answer = await job.send(method, byQuery);
      expect([answer.status, headersOf(answer)]).toEqual([200, at]);
    }
  });

  it("what has expired below counts as missing, and stays for its own reader", async () => {
    const { names, job, top } = family();
    await putExpired(job);
    await top.put("k", '"top"');
    for (const query of ["?inherit=true", "?inherit=true&peek=true"])
      expect(await (await job.get("k", query)).json()).toMatchObject({ namespace: names[2], value: "top" });
    expect((await job.get("k")).status).toBe(410);
  });

  it("where none has the key, the nearest that expired is told of; then there is none", async () => {
    const { names, job, team, top } = family();
    await putExpired(team);
    await putExpired(top);
    const message = async (query: string) => {
      const answer = await job.get("k", query);
      return [answer.status, (await answer.json()).message];
    };
    const saysExpired = (name: string) => [
      410,
      expect.stringMatching(`^The value of key 'k' in namespace '${name}' expired`),
    ];
    expect(await message("?inherit=true&peek=true")).toEqual(saysExpired(names[1]));
    expect(await message("?inherit=true")).toEqual(saysExpired(names[1]));
    // A peek knows of what was removed as well.
    expect(await message("?inherit=true&peek=true")).toEqual(saysExpired(names[1]));
    expect(await message("?inherit=true")).toEqual(saysExpired(names[2]));
    const none = `Not Found: No value found for key 'k' in namespace '${names[0]}'`;
    expect(await message("?inherit=true")).toEqual([404, none]);
  });

  it("a revision is asked of the namespace that has it", async () => {
    const { job, top } = family();
    await top.put("k", "1");
    const answer = await job.get("k", "?inherit=true&revision=1");
    expect([answer.status, (await answer.json()).field]).toEqual([400, "inherit"]);
  });
});
