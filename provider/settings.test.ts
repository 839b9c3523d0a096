import { describe, expect, it } from "vitest";
import { nullOf, obj, str, unknownOf } from "./cty/make.ts";
import { STRING } from "./cty/type.ts";
import type { Value } from "./cty/value.ts";
import { apiFrom, checkSettings, type Environment, SETTINGS } from "./settings.ts";

const HERE = "http://127.0.0.1:8080";

function config(said: Readonly<Record<string, Value>>) {
  const unsaid = Object.keys(SETTINGS.attributes).map((name) => [name, nullOf(STRING)] as const);
  return obj({ ...Object.fromEntries(unsaid), ...said });
}

function clientFrom(said: Readonly<Record<string, Value>>, env: Environment = {}) {
  const configured = apiFrom(config(said), env);
  return configured.kind === "ready" ? configured.client : expect.unreachable(JSON.stringify(configured));
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

describe("settings come from the configuration, then from the environment", () => {
  it("of which none but the endpoint is needed", () => {
    expect(clientFrom({ endpoint: str(HERE) })).toMatchObject({
      endpoint: HERE,
      tenant: "main",
      authorization: undefined,
      door: "terraform",
      timeoutMs: 30_000,
    });
  });

  it.each([
    {
      when: "all are in the environment",
      said: {},
      env: { NSKV_ENDPOINT: HERE, NSKV_TENANT: "t", NSKV_TOKEN: "x" },
      is: { tenant: "t", authorization: "Bearer x" },
    },
    {
      when: "both say one",
      said: { tenant: str("a") },
      env: { NSKV_ENDPOINT: HERE, NSKV_TENANT: "b" },
      is: { tenant: "a" },
    },
    {
      when: "the endpoint ends with a slash",
      said: { endpoint: str("https://kv.example.com/api/base/") },
      env: {},
      is: { endpoint: "https://kv.example.com/api/base" },
    },
    {
      when: "there are a name and a password",
      said: { username: str("u"), password: str("ü:p") },
      env: { NSKV_ENDPOINT: HERE },
      is: { authorization: basic("u:ü:p") },
    },
    {
      when: "the password alone is in the environment",
      said: { username: str("u") },
      env: { NSKV_ENDPOINT: HERE, NSKV_PASSWORD: "p" },
      is: { authorization: basic("u:p") },
    },
    {
      when: "the environment has another kind of credentials",
      said: { token: str("x") },
      env: { NSKV_ENDPOINT: HERE, NSKV_USERNAME: "u" },
      is: { authorization: "Bearer x" },
    },
    {
      when: "the environment has a token beside a name",
      said: { username: str("u"), password: str("p") },
      env: { NSKV_ENDPOINT: HERE, NSKV_TOKEN: "x" },
      is: { authorization: basic("u:p") },
    },
    {
      when: "there is a time limit",
      said: { timeout: str("PT1M0.0001S") },
      env: { NSKV_ENDPOINT: HERE, NSKV_TIMEOUT: "PT1S" },
      is: { timeoutMs: 60_001 },
    },
    {
      when: "the time limit is in the environment",
      said: {},
      env: { NSKV_ENDPOINT: HERE, NSKV_TIMEOUT: "P1D" },
      is: { timeoutMs: 86_400_000 },
    },
    { when: "a variable is empty", said: { endpoint: str(HERE) }, env: { NSKV_TENANT: "" }, is: { tenant: "main" } },
  ])("when $when", ({ said, env, is }) => {
    expect(clientFrom(said, env)).toMatchObject(is);
  });
});

describe("a setting that is wrong is told with its name", () => {
  it.each([
    { said: { endpoint: str("127.0.0.1:8080") }, at: "endpoint", tells: "as a URL" },
    { said: { endpoint: str("ftp://kv.example.com") }, at: "endpoint", tells: "as a URL" },
    { said: { endpoint: str("") }, at: "endpoint", tells: "as a URL" },
    { said: { endpoint: str(`${HERE}?a=b`) }, at: "endpoint", tells: "as a URL" },
    { said: { endpoint: str(`${HERE}/api/v1`) }, at: "endpoint", tells: "without /api" },
    { said: { endpoint: str(`${HERE}/base/api/`) }, at: "endpoint", tells: "without /api" },
    { said: { endpoint: str("http://u:s3cr3t@h") }, at: "endpoint", tells: "credentials" },
    { said: { token: str("s3cr3t\n") }, at: "token", tells: "one word" },
    { said: { token: str("x"), username: str("u") }, at: "token", tells: "Set either" },
    { said: { token: str("x"), password: str("s3cr3t") }, at: "token", tells: "Set either" },
    { said: { username: str("a:b") }, at: "username", tells: "colon" },
    { said: { password: str("s3cr3t\n") }, at: "password", tells: "control" },
    { said: { tenant: str("kv") }, at: "tenant", tells: "reserved" },
    { said: { tenant: str("a b") }, at: "tenant", tells: "letters" },
    { said: { timeout: str("30s") }, at: "timeout", tells: '"PT30S"' },
    { said: { timeout: str("PT0S") }, at: "timeout", tells: "above zero" },
    { said: { timeout: str("-PT1S") }, at: "timeout", tells: "above zero" },
    { said: { timeout: str("P25D") }, at: "timeout", tells: "at most 24 days" },
  ])("$at: $tells", ({ said, at, tells }) => {
    const found = checkSettings(config(said));
    expect(found).toMatchObject([{ severity: "error", path: [{ attribute: at }] }]);
    expect(found[0]?.detail).toContain(tells);
    expect(JSON.stringify(found)).not.toContain("s3cr3t");
  });

  it.each([
    { env: {}, at: "endpoint", tells: "or NSKV_ENDPOINT" },
    { env: { NSKV_ENDPOINT: "localhost" }, at: "endpoint", tells: "NSKV_ENDPOINT must be" },
    { env: { NSKV_ENDPOINT: HERE, NSKV_TIMEOUT: "30" }, at: "timeout", tells: "NSKV_TIMEOUT must be" },
    { env: { NSKV_ENDPOINT: HERE, NSKV_USERNAME: "u" }, at: "password", tells: "NSKV_PASSWORD" },
    { env: { NSKV_ENDPOINT: HERE, NSKV_PASSWORD: "s3cr3t" }, at: "username", tells: "NSKV_USERNAME" },
    { env: { NSKV_ENDPOINT: HERE, NSKV_TOKEN: "s3cr3t", NSKV_USERNAME: "u" }, at: "token", tells: "NSKV_TOKEN" },
  ])("of the environment: $tells", ({ env, at, tells }) => {
    const configured = apiFrom(config({}), env);
    const found = configured.kind === "wrong" ? configured.diagnostics : [];
    expect(found[0]).toMatchObject({ severity: "error", path: [{ attribute: at }] });
    expect(found[0]?.detail).toContain(tells);
    expect(JSON.stringify(found)).not.toContain("s3cr3t");
  });
});

it("settings that are not known yet are judged later", () => {
  const unknown = config({ endpoint: unknownOf(STRING), token: str("x") });
  expect(checkSettings(unknown)).toEqual([]);
  expect(apiFrom(unknown, {})).toEqual({ kind: "unknown", setting: "endpoint" });
});

it("what is wrong is told even while something else is not known", () => {
  expect(apiFrom(config({ endpoint: unknownOf(STRING), tenant: str("kv") }), {}).kind).toBe("wrong");
});
