import { afterEach, describe, expect, it, vi } from "vitest";
import { encodeMsgpack } from "../cty/encode.ts";
import { str } from "../cty/make.ts";
import * as tfplugin6 from "../gen/tfplugin6.ts";
import { NAMESPACE_KV } from "../resources/namespace-kv-schema.ts";
import { typeOfSchema, withNulls } from "../schema/schema.ts";
import { call, configured, kv, REQUEST, STATE, started } from "./fixture.ts";
import { type Implementation, implementation } from "./implementation.ts";

afterEach(() => vi.restoreAllMocks());

describe("every method answers without a gRPC error", () => {
  const methods = (Object.keys(implementation(started())) as (keyof Implementation)[]).filter(
    (name) => !tfplugin6.ProviderService[name].responseStream,
  );

  it.each(methods)("%s, to an empty request", async (name) => {
    const request = tfplugin6.ProviderService[name].requestDeserialize(Buffer.alloc(0));
    await expect(call(started(), name, request)).resolves.toBeDefined();
  });

  it.each(methods)("%s, to a request that is not even a message", async (name) => {
    await expect(
      call(started(), name, { typeName: "namespace_kv", config: { msgpack: Buffer.from([0xc1]), json: [] } }),
    ).resolves.toBeDefined();
  });
});

it("the schema has every type, and Terraform need not ask for it twice", async () => {
  const answer = await call(started(), "getProviderSchema", {});
  expect(Object.keys(answer["resourceSchemas"] as object).sort()).toEqual([
    "namespace",
    "namespace_kv",
    "namespace_kv_set",
  ]);
  expect(Object.keys(answer["dataSourceSchemas"] as object).sort()).toEqual([
    "namespace",
    "namespace_kv",
    "namespace_kvs",
    "namespaces",
  ]);
  expect(Object.keys(answer["ephemeralResourceSchemas"] as object)).toEqual(["namespace_kv"]);
  expect(Object.keys(answer["listResourceSchemas"] as object).sort()).toEqual(["namespace", "namespace_kv"]);
  expect(answer["serverCapabilities"]).toMatchObject({ getProviderSchemaOptional: true, planDestroy: false });
});

describe("a diagnostic", () => {
  it("of a value that cannot be read names its place", async () => {
    const type = typeOfSchema(NAMESPACE_KV);
    const config = Buffer.from(
      encodeMsgpack(withNulls(NAMESPACE_KV, { namespace: str("n"), key: str("k"), value: str("1e99999") }), type),
    );
    // The same bytes, with the value called a number.
    const number = Buffer.from(config.toString("latin1").replace('\xc4\x08"string"', '\xc4\x08"number"'), "latin1");
    const { diagnostics } = await call(started(), "validateResourceConfig", {
      ...REQUEST,
      config: { msgpack: number, json: new Uint8Array() },
    });
    expect(diagnostics).toMatchObject([
      {
        summary: "This value cannot be used",
        attribute: { steps: [{ selector: { $case: "attributeName", value: "value" } }] },
      },
    ]);
  });

  it("of a mistake of ours holds no message, which might hold a value", async () => {
    const server = await configured();
    const resource = server.provider.resources["namespace_kv"] ?? expect.unreachable();
    vi.spyOn(resource, "read").mockRejectedValueOnce(new SyntaxError("Unexpected token s3cr3t"));
    const request = { ...REQUEST, currentState: kv(STATE), private: new Uint8Array() };
    const { diagnostics } = await call(server, "readResource", request);
    expect(diagnostics[0]?.summary).toBe("The provider made a mistake");
    expect(diagnostics[0]?.detail).toContain("SyntaxError");
    expect(JSON.stringify(diagnostics)).not.toContain("s3cr3t");
  });

  it("of an unknown type says what to do", async () => {
    const { diagnostics } = await call(started(), "readResource", {
      typeName: "namespace_other",
      private: new Uint8Array(),
    });
    expect(diagnostics[0]?.detail).toContain('no resource "namespace_other"');
  });
});
