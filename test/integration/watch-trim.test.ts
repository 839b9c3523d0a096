import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStream } from "../support/event-stream.ts";
import { freshNamespace, kvAt } from "../support/kv.ts";
import { PAIRS, type RunningService, type StoragePair, startService } from "../support/service.ts";

const DAY_SECONDS = 86_400;
/** Enough to read what has just been written, on a busy machine too. */
const KEPT_SECONDS = 4;

describe.each(PAIRS)("a log of changes that is trimmed, $pair", ({ skip, open }) => {
  describe.skipIf(skip)("by the sweep", () => {
    let storage: StoragePair;
    let service: RunningService;
    beforeAll(async () => {
      storage = await open();
      const env = { NSKV_SWEEP_SECONDS: "0.3", NSKV_CHANGES_DAYS: `${KEPT_SECONDS / DAY_SECONDS}` };
      service = await startService({ ...storage, env: { ...storage.env, ...env } });
    });
    afterAll(async () => {
      await service.stop();
      await storage.drop();
    });

    it("refuses who comes back too late, and a fresh list with its cursor goes on", async () => {
      const namespace = freshNamespace();
      const kv = kvAt(service.address, namespace);
      const url = `${service.address}/api/v1/main/namespaces/${namespace}/kv:watch`;
      const cursor = async () => ((await (await fetch(`${url}?wait=0`)).json()) as { next: string }).next;
      const old = await cursor();
      await kv.put("k", "1");
      await expect.poll(async () => (await fetch(`${url}?after=${old}&wait=0`)).status, { timeout: 30_000 }).toBe(410);
      const refused = await fetch(url, { headers: { "Last-Event-ID": old } });
      expect(refused.status).toBe(410);
      expect(await refused.json()).toMatchObject({ type: "/problems/changes-gone" });
      const next = await cursor();
      const listed = await (await kv.send("GET", `/namespaces/${namespace}/kv`)).json<{ key: string }[]>();
      expect(listed.map(({ key }) => key)).toEqual(["k"]);
      await kv.put("k", "2");
      for (const query of [`?after=${next}`, "?after=oldest"]) {
        const stream = await openStream(url + query);
        expect(await stream.next()).toMatchObject({ event: "put", data: { revision: 2 } });
        await stream.close();
      }
    }, 60_000);
  });
});
