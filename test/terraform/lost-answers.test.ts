import { buffer } from "node:stream/consumers";
import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { kvBlock } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { must, mustBeEmpty } from "./outcome.ts";
import { answer, forward } from "./relay.ts";
import { foundAt } from "./store.ts";
import { type Stranger, startStranger } from "./strangers.ts";

const NAMESPACE = "lost.team";
const one = (key: string, value: string) => kvBlock(key, { namespace: `"${NAMESPACE}"`, key: `"${key}"`, value });

/** A proxy that hands each write on, and loses the first answer to it with the connection. */
async function startLossy(target: string): Promise<Stranger & { readonly lost: ReadonlySet<string> }> {
  const lost = new Set<string>();
  const proxy = await startStranger((request, response) => {
    const relay = async () => {
      const body = await buffer(request);
      const from = await forward(target, request, body);
      const write = `${request.method} ${request.headers["idempotency-key"] ?? body}`; // a batch has its keys inside
      if (request.method === "GET" || lost.has(write)) return answer(response, from);
      lost.add(write);
      response.destroy();
    };
    relay().catch(() => response.destroy());
  });
  return { ...proxy, lost };
}

terraformOnEachPair("lost answers", ({ terraform, service, begin }) => {
  it("to create, take over, update and delete are asked for again, and nothing happens twice", async () => {
    const { address, close, lost } = await startLossy(service().address);
    const provider = `provider "namespace" {\n  endpoint = "${address}"\n}\n`;
    const found = (key: string) => foundAt(service().address, NAMESPACE, key);
    const at = kvAt(service().address, NAMESPACE);
    await at.put("theirs", "0");
    const adopted = one("theirs", "1").replace("\n}", "\n  adopt_existing = true\n}");
    await begin(provider + one("kept", "1") + one("dropped", "1") + adopted);
    must(await terraform().apply());
    expect([await found("kept"), await found("dropped"), await found("theirs")]).toEqual(Array(3).fill("NUMBER 1"));

    await terraform().write(provider + one("kept", "2") + adopted);
    must(await terraform().apply());
    expect([await found("kept"), await found("dropped")]).toEqual(["NUMBER 2", undefined]);
    for (const key of ["kept", "theirs"]) expect((await (await at.get(key)).json()).revision).toBe(2);
    await mustBeEmpty(terraform());
    // Three creates in two requests or three, as they gather; taking a key over is one that is refused, and an update.
    expect(lost.size).toBeGreaterThanOrEqual(5);
    await close();
  });
});
