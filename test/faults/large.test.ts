import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshNamespace } from "../support/kv.ts";
import { growthOf } from "../support/memory.ts";
import { PAIRS, type RunningService, type StoragePair, startService } from "../support/service.ts";
import { storedBy } from "../support/stores.ts";
import { documentOf, download, textOf, upload } from "./large-body.ts";

const MIB = 1_024 * 1_024;
const GIB = 1_024 * MIB;
const GROWTH_MIB_MAX = 150;
/** The whole promise is one pass over each pair; the second way in and out follows with NSKV_TEST_LARGE=1. */
const CHUNKED_BYTES = process.env["NSKV_TEST_LARGE"] === "1" ? GIB : 256 * MIB;
const MS_MAX = 300_000;

describe.each(PAIRS)("values that no memory holds, $pair", ({ pair, skip, open }) => {
  describe.skipIf(skip)("by the program", () => {
    let storage: StoragePair;
    let service: RunningService;
    let kv: string;
    beforeAll(async () => {
      storage = await open();
      service = await startService(storage);
      kv = `${service.address}/api/v1/main/namespaces/${freshNamespace()}/kv`;
      // What every first request brings in is no growth.
      await upload(`${kv}/first`, textOf(MIB), {});
      await download(`${kv}/first?raw=true`);
    });
    afterAll(async () => {
      await service?.stop();
      await storage?.drop();
    });

    async function inMemory(what: string, work: () => Promise<void>): Promise<void> {
      const start = performance.now();
      const mebibytes = (await growthOf(service.pid, work)) / MIB;
      const seconds = (performance.now() - start) / 1_000;
      console.info(`${pair}: ${what} in ${seconds.toFixed(1)} s, memory grew by ${mebibytes.toFixed(0)} MiB`);
      expect(mebibytes).toBeLessThan(GROWTH_MIB_MAX);
    }

    it(
      "a JSON document of 1 GiB goes in with its length known and comes out the same, byte for byte",
      async () => {
        let length = 0;
        for (const chunk of documentOf(GIB)) length += chunk.length;
        await inMemory("1 GiB of JSON", async () => {
          const sent = await upload(`${kv}/document`, documentOf(GIB), { length });
          expect(sent).toMatchObject({ status: 200, bytes: length });
          const came = await download(`${kv}/document?raw=true`);
          expect(came).toEqual(sent);
        });
        await upload(`${kv}/document`, [Buffer.from("1")], {});
      },
      MS_MAX,
    );

    it(
      "a text goes in without its length and comes out inside its entry",
      async () => {
        await inMemory(`${CHUNKED_BYTES / MIB} MiB of text`, async () => {
          const sent = await upload(`${kv}/text`, textOf(CHUNKED_BYTES), {});
          expect(sent.status).toBe(200);
          expect(await download(`${kv}/text`, { asMember: true })).toEqual(sent);
        });
      },
      MS_MAX,
    );

    it.each([
      { how: "with its length known", length: GIB + 2 },
      { how: "in chunks", length: undefined },
    ])("an upload that breaks off, $how, leaves nothing", async ({ length }) => {
      const before = await storedBy(storage);
      const given = { breakAfter: 64 * MIB, ...(length !== undefined && { length }) };
      await upload(`${kv}/broken`, textOf(GIB), given);
      await expect.poll(() => storedBy(storage), { timeout: 30_000 }).toEqual(before);
      expect((await fetch(`${kv}/broken`)).status).toBe(404);
    });
  });
});
