import { expect, it } from "vitest";
import { PAIRS, startService } from "../support/service.ts";

it("the program sweeps by itself, and a sweep under way does not keep it from stopping", async () => {
  const storage = await PAIRS[0]?.open();
  if (!storage) throw new Error("There is no storage pair.");
  const env = { ...storage.env, NSKV_SWEEP_SECONDS: "0.1", NSKV_LOG_LEVEL: "debug" };
  const service = await startService({ ...storage, env });
  try {
    await expect.poll(() => service.log(), { timeout: 30_000 }).toContain('"orphans":0,"msg":"swept"');
  } finally {
    expect(await service.stop()).toBe(0);
    await storage.drop();
  }
});
