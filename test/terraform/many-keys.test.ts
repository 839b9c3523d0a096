import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { setBlock } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { errorsOf, must, mustBeEmpty, said } from "./outcome.ts";
import { foundAt } from "./store.ts";
import { startWatched } from "./watched.ts";

const NAMESPACE = "many.team";
/** As many as one batch takes. */
const COUNT = 10_000;

const keyOf = (n: number): string => `k/${`${n}`.padStart(5, "0")}`;

terraformOnEachPair("a set of ten thousand keys", ({ terraform, service, begin }) => {
  it("is written in one request, and refreshed in twelve at most", async () => {
    const watched = await startWatched(service().address);
    const set = (count: number, value: string) =>
      `provider "namespace" {\n  endpoint = "${watched.address}"\n}\n${setBlock("all", {
        namespace: `"${NAMESPACE}"`,
        values: JSON.stringify(
          Object.fromEntries(Array.from({ length: count }, (_, n) => [keyOf(n), `${value} ${n}`])),
        ),
      })}`;
    const requests = () => watched.seen().map((request) => request.slice(0, 25));
    const found = (key: string) => foundAt(service().address, NAMESPACE, key);

    await begin(set(COUNT, "value"));
    must(await terraform().apply());
    expect(requests()).toEqual(["GET kv?limit", "POST kv:batch put k/00000"]);
    expect(await found("k/09999")).toBe('STRING "value 9999"');
    await mustBeEmpty(terraform());
    const refresh = requests();
    expect(refresh.length).toBeLessThanOrEqual(12);
    expect(refresh.every((request) => request.startsWith("GET kv?"))).toBe(true);

    // One value that somebody else has written is all that is fetched.
    await kvAt(service().address, NAMESPACE).put("k/00007", '"theirs"');
    // One operation more than a batch takes, and the second batch fails: the state tells the two apart.
    let batches = 0;
    watched.meddle((request, response) => {
      if (!request.startsWith("POST kv:batch put") || ++batches !== 2) return false;
      response.writeHead(501, { "Content-Type": "text/plain" }).end();
      return true;
    });
    await terraform().write(set(COUNT + 1, "new"));
    const half = await terraform().apply();
    must(half, 1);
    expect(errorsOf(half)).toHaveLength(2);
    expect(said(half)).toContain("10000 keys of 10001 were written");
    expect([await found("k/09999"), await found("k/10000")]).toEqual(['STRING "new 9999"', undefined]);
    const asked = requests().filter((request) => request.startsWith("POST"));
    expect(asked).toEqual(["POST kv:batch get k/00007", "POST kv:batch put k/00000", "POST kv:batch put k/10000"]);
    must(await terraform().apply());
    expect(requests().slice(-1)).toEqual(["POST kv:batch put k/10000"]);
    await watched.close();
  }, 180_000);
});
