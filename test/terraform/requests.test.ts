import { afterAll, beforeAll, expect, it } from "vitest";
import { type CountingRelay, startCounting } from "../support/counting.ts";
import { manyKeys } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { must, mustBeEmpty } from "./outcome.ts";

const KEYS = 200;

const configOf = ({ address }: CountingRelay) => manyKeys(address, "requests.team", KEYS);

terraformOnEachPair("requests of a whole run", ({ terraform, service, begin }) => {
  let relay: CountingRelay;
  beforeAll(async () => {
    relay = await startCounting(service().address);
  });
  afterAll(() => relay?.close());
  /** What was asked for since it was last asked. */
  const requests = () => relay.requests.splice(0);

  it(`for ${KEYS} keys: an apply and a destroy gather their writes, a plan of no change lists`, async () => {
    await begin(configOf(relay));
    must(await terraform().apply());
    const applied = requests();
    await mustBeEmpty(terraform());
    const planned = requests();
    must(await terraform().destroy());
    const destroyed = requests();
    const told = [applied, planned, destroyed].map(({ length }) => length).join(", ");
    expect(planned.length, told).toBeLessThanOrEqual(5);
    expect(applied.length, told).toBeLessThan(KEYS);
    expect(destroyed.length, told).toBeLessThan(KEYS);
  });
});
