import { expect, it } from "vitest";
import { onEachPair } from "./pairs.ts";

/** What the service must not need while nobody asks anything of it. */
const IDLE_BYTES_MAX = 150_000_000;

onEachPair("what the program tells its operator unasked", ({ service, kv, pair }) => {
  const linesOf = (requestId: string) =>
    service()
      .log()
      .split("\n")
      .filter((line) => line.includes(requestId))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it("at info, a refusal has one line, a success and a key that is not there have none", async () => {
    const [at, id] = [kv(), (name: string) => ({ "X-Request-Id": `${name}-${Math.random()}` })];
    const [put, missing, refused] = [id("put"), id("missing"), id("refused")];
    await at.put("k", "1", "", put);
    await at.get("missing", "", missing);
    await at.put("k", "x", "?type=NUMBER", { ...refused, "X-KV-Door": "terraform" });
    await expect.poll(() => linesOf(refused["X-Request-Id"]), { timeout: 30_000 }).toHaveLength(1);
    expect(linesOf(refused["X-Request-Id"])[0]).toMatchObject({
      level: 30,
      method: "PUT",
      route: "/api/v1/:tenant/namespaces/:namespace/kv/:key",
      status: 422,
      fault: "invalid_value",
      bytesIn: 1,
      door: "terraform",
      by: "anonymous",
    });
    expect([...linesOf(put["X-Request-Id"]), ...linesOf(missing["X-Request-Id"])]).toEqual([]);
  });

  it("on real servers it is small while it is idle", async () => {
    if (pair().flags.length > 0) return; // the embedded database alone is larger
    const text = await (await fetch(`${service().address}/metrics`)).text();
    const bytes = Number(/^process_resident_memory_bytes (\d+)$/m.exec(text)?.[1]);
    expect(bytes).toBeGreaterThan(10_000_000);
    expect(bytes).toBeLessThan(IDLE_BYTES_MAX);
  });
});
