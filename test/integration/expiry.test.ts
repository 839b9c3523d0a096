import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Kv, Members } from "../support/kv.ts";
import { onEachPair } from "./pairs.ts";

/** A key whose time is over by the service's own clock. */
async function expired(at: Kv): Promise<void> {
  await at.put("k", "1", "?ttl=PT0.05S");
  while ((await at.get("k", "?peek=true")).status === 200) await sleep(20);
}

onEachPair("expiry", ({ kv }) => {
  it("the first GET answers 410 and deletes, the next one 404", async () => {
    const at = kv();
    await expired(at);
    const first = await at.get("k");
    expect(first.status).toBe(410);
    expect(await first.json()).toMatchObject({
      type: null,
      value: null,
      message: expect.stringMatching(/^The value of key 'k' in namespace '.+' expired at \d{4}-/),
    });
    expect((await at.get("k")).status).toBe(404);
  });

  it("peek never deletes and goes on telling", async () => {
    const at = kv();
    await expired(at);
    expect((await at.get("k", "?peek=true")).status).toBe(410);
    expect((await at.get("k")).status).toBe(410);
    const peeked = await at.get("k", "?peek=true");
    expect(peeked.status).toBe(410);
    expect((await peeked.json()).expiredAt).toMatch(/Z$/);
  });

  it("an expired key counts as absent for every write", async () => {
    const at = kv();
    await expired(at);
    expect((await at.patch("k", { description: "d" })).status).toBe(404);
    expect(await (await at.delete("k")).json()).toBe(false);
    const created = await at.put("k", "2", "?overwrite=false");
    expect(created.status).toBe(200);
    expect(await created.json()).toMatchObject({ ttl: null, description: null });
  });

  it("a PUT without a TTL clears the one that was there", async () => {
    const at = kv();
    await at.put("k", "1", "?ttl=PT1H");
    expect(await (await at.put("k", "2")).json()).toMatchObject({ ttl: null, expirationDate: null });
    expect(await (await at.put("k", "2", "", { ttl: "P1D" })).json()).toMatchObject({ ttl: "PT24H" });
  });

  it("lists hide the expired unless they are asked for", async () => {
    const at = kv();
    await expired(at);
    const { namespace } = await (await at.put("other", "1")).json();
    const keysOf = async (query: string) => {
      const entries = await (await at.send("GET", `/namespaces/${namespace}/kv${query}`)).json<Members[]>();
      return entries.map(({ key, expiredAt }) => [key, expiredAt !== undefined]);
    };
    expect(await keysOf("")).toEqual([["other", false]]);
    expect(await keysOf("?expired=true")).toEqual([
      ["k", true],
      ["other", false],
    ]);
  });
});
