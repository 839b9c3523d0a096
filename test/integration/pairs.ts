import { afterAll, beforeAll, describe } from "vitest";
import { freshNamespace, type Kv, kvAt } from "../support/kv.ts";
import { PAIRS, type RunningService, type StoragePair, startService } from "../support/service.ts";

export interface OnPair {
  readonly service: () => RunningService;
  readonly pair: () => StoragePair;
  /** A namespace of the test's own. */
  readonly kv: () => Kv;
  /** Ends the service by `end` and starts another one on the same data. */
  restart(end: "stop" | "kill"): Promise<void>;
}

/** Runs the same tests against the program on each storage pair: what one does, the other does. */
export function onEachPair(name: string, tests: (on: OnPair) => void): void {
  for (const { pair, skip, open } of PAIRS)
    describe.skipIf(skip)(`${name}, ${pair}`, () => {
      let storage: StoragePair;
      let service: RunningService;
      beforeAll(async () => {
        storage = await open();
        service = await startService(storage);
      });
      afterAll(async () => {
        await service?.stop();
        await storage?.drop();
      });
      tests({
        service: () => service,
        pair: () => storage,
        kv: () => kvAt(service.address, freshNamespace()),
        async restart(end) {
          await service[end]();
          service = await startService(storage);
        },
      });
    });
}
