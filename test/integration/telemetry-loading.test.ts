import { expect, it } from "vitest";
import { startCollector } from "../support/otlp.ts";
import { PAIRS, startService } from "../support/service.ts";

/** The packages that the program has loaded when it ends. */
async function packagesWith(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const storage = await PAIRS[0]?.open();
  if (!storage) throw new Error("There is no storage pair.");
  const NODE_OPTIONS = "--require ./test/support/loaded-modules.cjs";
  const service = await startService({ ...storage, env: { ...storage.env, ...env, NODE_OPTIONS } });
  await service.stop();
  await storage.drop();
  const told = () => /loaded packages: (.*)\n/.exec(service.log())?.[1];
  await expect.poll(told, { timeout: 30_000 }).toBeDefined();
  return told()?.split(" ") ?? [];
}

/** Its interface alone is always there: prom-client has it for its exemplars. */
const sdkOf = (packages: readonly string[]) =>
  packages.filter((name) => name.startsWith("@opentelemetry/") && name !== "@opentelemetry/api");

it.each([
  { when: "no variable asks for traces", env: {} },
  {
    when: "the SDK is disabled",
    env: { OTEL_SDK_DISABLED: "true", OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" },
  },
  {
    when: "there is no exporter",
    env: { OTEL_TRACES_EXPORTER: "none", OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" },
  },
])("when $when, nothing of OpenTelemetry's SDK is loaded", async ({ env }) => {
  const packages = await packagesWith(env);
  expect(packages).toContain("prom-client");
  expect(sdkOf(packages)).toEqual([]);
});

it("when an endpoint is named, it is", async () => {
  const collector = await startCollector();
  expect(sdkOf(await packagesWith(collector.env))).toContain("@opentelemetry/sdk-node");
  await collector.close();
});
