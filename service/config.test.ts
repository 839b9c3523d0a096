import { expect, it } from "vitest";
import { ConfigError, loadConfig } from "./config.ts";

const REAL = {
  NSKV_DATABASE_URL: "postgres://127.0.0.1/kv",
  NSKV_S3_ENDPOINT: "http://127.0.0.1:9000",
  NSKV_S3_BUCKET: "values",
  NSKV_S3_ACCESS_KEY: "key",
  NSKV_S3_SECRET_KEY: "secret",
};

function complaintsOf(env: Record<string, string>, flags = {}): string {
  try {
    loadConfig(env, flags);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

it("without anything set, it is an embedded store on loopback", () => {
  expect(loadConfig({})).toMatchObject({ host: "127.0.0.1", port: 8080, stores: { kind: "embedded" } });
});

it("the sweep's pause is a number of seconds", () => {
  expect(loadConfig({ NSKV_SWEEP_SECONDS: "0.5" })).toMatchObject({ sweepMs: 500 });
  expect(loadConfig({})).toMatchObject({ sweepMs: 60_000 });
  for (const text of ["0", "-1", "soon", "86401"])
    expect(complaintsOf({ NSKV_SWEEP_SECONDS: text })).toContain("NSKV_SWEEP_SECONDS");
});

it("the pauses of webhooks are numbers of seconds", () => {
  expect(loadConfig({ NSKV_WEBHOOK_RETRY_SECONDS: "0.5,60" })).toMatchObject({ webhookRetrySeconds: [0.5, 60] });
  expect(loadConfig({}).webhookRetrySeconds).toHaveLength(9);
  for (const text of ["0", "5,", "soon", "604801"])
    expect(complaintsOf({ NSKV_WEBHOOK_RETRY_SECONDS: text })).toContain("NSKV_WEBHOOK_RETRY_SECONDS");
});

it("the log of changes goes back a number of days", () => {
  expect(loadConfig({ NSKV_CHANGES_DAYS: "0.5" })).toMatchObject({ changesMs: 43_200_000 });
  expect(loadConfig({})).toMatchObject({ changesMs: 7 * 86_400_000 });
  for (const text of ["0", "-1", "long", "3651"])
    expect(complaintsOf({ NSKV_CHANGES_DAYS: text })).toContain("NSKV_CHANGES_DAYS");
});

it("the bound on values is a number of bytes, and off where nothing is said", () => {
  expect(loadConfig({ NSKV_VALUE_BYTES_MAX: "1048576" })).toMatchObject({ valueBytesMax: 1_048_576 });
  for (const env of [{}, { NSKV_VALUE_BYTES_MAX: "" }]) expect(loadConfig(env).valueBytesMax).toBeUndefined();
  for (const text of ["0", "-1", "1.5", "1MB", "1e400"])
    expect(complaintsOf({ NSKV_VALUE_BYTES_MAX: text })).toContain("NSKV_VALUE_BYTES_MAX");
});

it("how long a store is waited for is a number of seconds", () => {
  expect(loadConfig({ NSKV_STORE_SECONDS: "2.5" })).toMatchObject({ storeMsMax: 2_500 });
  expect(loadConfig({})).toMatchObject({ storeMsMax: 30_000 });
  for (const text of ["0", "0.5", "soon", "601"])
    expect(complaintsOf({ NSKV_STORE_SECONDS: text })).toContain("NSKV_STORE_SECONDS");
});

it("flags win over variables", () => {
  const config = loadConfig({ NSKV_PORT: "1", NSKV_DATA: "/a" }, { port: "2", data: "/b" });
  expect(config).toMatchObject({ port: 2, stores: { folder: "/b" } });
});

it("real servers are taken when all of them are named", () => {
  expect(loadConfig(REAL)).toMatchObject({ stores: { kind: "real", s3: { bucket: "values", region: "us-east-1" } } });
});

it.each([
  [
    "half of the real servers",
    { NSKV_DATABASE_URL: REAL.NSKV_DATABASE_URL },
    {},
    "Set NSKV_S3_ENDPOINT and NSKV_S3_BUCKET",
  ],
  ["a folder beside real servers", REAL, { data: "/b" }, "--data is for the embedded store"],
  ["a database that is no Postgres", { ...REAL, NSKV_DATABASE_URL: "mysql://x" }, {}, "NSKV_DATABASE_URL must begin"],
  ["an endpoint without a scheme", { ...REAL, NSKV_S3_ENDPOINT: "127.0.0.1:9000" }, {}, "NSKV_S3_ENDPOINT must be"],
  ["a port that is none", {}, { port: "http" }, "--port or NSKV_PORT"],
  ["a port out of range", { NSKV_PORT: "65536" }, {}, "from 0 to 65535"],
  ["a host that others reach", {}, { host: "0.0.0.0" }, "no access control"],
  ["a log level that is none", { NSKV_LOG_LEVEL: "loud" }, {}, "NSKV_LOG_LEVEL must be one of"],
])("%s is refused", (_, env, flags, complaint) => {
  expect(complaintsOf(env, flags)).toContain(complaint);
});

it("all complaints come at once", () => {
  expect(complaintsOf({ NSKV_PORT: "x", NSKV_LOG_LEVEL: "y" }, { host: "0.0.0.0" }).split("\n")).toHaveLength(3);
});

it.each([
  ["nothing of it is set", {}, false],
  ["an endpoint is named", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318" }, true],
  ["an endpoint for traces is named", { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://127.0.0.1:4318/v1/traces" }, true],
  ["an exporter is named", { OTEL_TRACES_EXPORTER: "console" }, true],
  ["only metrics have an endpoint", { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://127.0.0.1:4318" }, false],
  [
    "the exporter is none",
    { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318", OTEL_TRACES_EXPORTER: "none" },
    false,
  ],
  ["the SDK is disabled", { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4318", OTEL_SDK_DISABLED: "TRUE" }, false],
  ["a variable is empty, which means unset", { OTEL_EXPORTER_OTLP_ENDPOINT: "" }, false],
])("when %s, traces are wanted: %s", (_, env, traces) => {
  expect(loadConfig(env).traces).toBe(traces);
});
