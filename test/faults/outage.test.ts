import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FrailPair, openFrailPair } from "../support/frail-pair.ts";
import type { FrailServer } from "../support/postgres.ts";
import { type RunningService, startService } from "../support/service.ts";
import { accountsOf } from "./accounts.ts";
import { endure, untilReady } from "./endure.ts";
import { exchange } from "./exchange.ts";
import { createLoad } from "./load.ts";
import { randomFrom, seedOfRun } from "./random.ts";
import { Report } from "./report.ts";

/** Of each kind and each server. */
const OUTAGES = Number(process.env["NSKV_FAULTS_OUTAGES"] ?? 1);
const LOAD_MS_MAX = 400;
/** So short that a test can wait for it; the service's own is longer. */
const STORE_SECONDS = 2;

describe.skipIf(process.env["NSKV_TEST_DATABASE_URL"] === undefined || !process.env["NSKV_TEST_S3_ENDPOINT"])(
  "a service whose stores go away under load",
  () => {
    let pair: FrailPair;
    let service: RunningService;
    beforeAll(async () => {
      const opened = await openFrailPair();
      if (!opened) throw new Error("The machine has servers for the other tests and none for this one.");
      pair = opened;
      service = await startService({ ...pair, env: { ...pair.env, NSKV_STORE_SECONDS: `${STORE_SECONDS}` } });
    });
    afterAll(async () => {
      await service?.stop();
      await pair?.drop();
    });

    const SERVERS = [
      { name: "Postgres", of: ({ postgres }: FrailPair): FrailServer => postgres },
      { name: "MinIO", of: ({ minio }: FrailPair): FrailServer => minio },
    ];
    const HARMS = [
      { harm: "crashes and comes back", hurt: (it: FrailServer) => it.crash(), mend: (it: FrailServer) => it.start() },
      {
        harm: "stands still for a while",
        hurt: async (it: FrailServer) => it.pause(),
        mend: async (it: FrailServer) => it.resume(),
      },
    ];

    describe.each(SERVERS)("$name", ({ name, of }) => {
      it.each(HARMS)(
        "$harm: 503 meanwhile, nothing acknowledged is lost, and all is well afterwards",
        async ({ harm, hurt, mend }) => {
          const server = of(pair);
          const seed = seedOfRun(`${name} ${harm}`);
          const report = new Report(`${name} ${harm}`);
          const load = createLoad(seed, report, true);
          const random = randomFrom(seed);
          const over = new AbortController();
          const enduring = endure(load, service.address, over.signal);
          try {
            for (let outages = 0; outages < OUTAGES; outages++) {
              await pause(random.below(LOAD_MS_MAX));
              await hurt(server);
              await untilReady(service.address, 503, report);
              await refused(service, report);
              await mend(server);
              await untilReady(service.address, 200, report);
            }
            await pause(LOAD_MS_MAX);
          } finally {
            over.abort();
            await mend(server).catch(() => undefined);
            await enduring;
            report.print();
          }
          for (const writer of load.writers) await writer.look(service.address);
          expect(report.violations).toEqual([]);
          expect(report.counts.get("unanswered writes")).toBeGreaterThan(0);
          expect(service.log()).not.toContain("request failed");
        },
        60_000 * OUTAGES,
      );
    });

    it("afterwards every row has its object, and the sweep leaves no object without a row", async () => {
      expect(await service.stop()).toBe(0);
      expect(await accountsOf(pair)).toMatchObject({ missing: [], orphans: [], miscounted: [] });
    });
  },
);

/** A write that needs both stores is refused as the contract says, and in time. */
async function refused({ address }: RunningService, report: Report): Promise<void> {
  const put = { method: "PUT", path: "/api/v1/main/namespaces/faults.refused/kv/k", body: "1" } as const;
  const { status, headers, text } = await exchange(address, put, 20_000);
  expect(status).toBe(503);
  expect(headers.get("retry-after")).toMatch(/^\d+$/);
  expect(headers.get("content-type")).toBe("application/problem+json");
  expect(JSON.parse(text ?? "")).toMatchObject({ status: 503, type: expect.stringContaining("unavailable") });
  report.count("writes refused as promised");
}
