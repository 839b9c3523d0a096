import type { ServerUnaryCall } from "@grpc/grpc-js";
import { afterEach, describe, expect, it, vi } from "vitest";
import { decodeMsgpack } from "../cty/decode.ts";
import { encodeMsgpack } from "../cty/encode.ts";
import { nullOf, num, obj, str, unknownOf } from "../cty/make.ts";
import { DYNAMIC, STRING } from "../cty/type.ts";
import { attribute, type ObjectValue, type Value } from "../cty/value.ts";
import * as tfplugin6 from "../gen/tfplugin6.ts";
import { namespaceProvider } from "../provider.ts";
import { NAMESPACE_KV } from "../resources/namespace-kv-schema.ts";
import { type Schema, typeOfSchema } from "../schema/schema.ts";
import { SETTINGS } from "../settings.ts";
import { type Implementation, implementation } from "./implementation.ts";
import { newServer, type Server } from "./server.ts";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const started = (): Server => newServer(namespaceProvider({}));

/** Calls a method as gRPC does, serialisation of the answer included. */
function call<Name extends keyof Implementation>(server: Server, name: Name, request: object): Promise<Answer> {
  const handler = implementation(server)[name] as (
    call: ServerUnaryCall<object, object>,
    done: (error: unknown, answer: object) => void,
  ) => void;
  const method = tfplugin6.ProviderService[name];
  return new Promise((resolve, reject) => {
    handler({ request } as ServerUnaryCall<object, object>, (error, answer) => {
      if (error) return reject(error);
      const bytes = (method.responseSerialize as (answer: object) => Buffer)(answer);
      resolve(method.responseDeserialize(bytes) as unknown as Answer);
    });
  });
}

type Answer = Readonly<Record<string, unknown>> & {
  readonly diagnostics: readonly tfplugin6.Diagnostic[];
  readonly newState?: tfplugin6.DynamicValue;
  readonly plannedState?: tfplugin6.DynamicValue;
  readonly upgradedState?: tfplugin6.DynamicValue;
  readonly private?: Uint8Array;
};

const wire = (schema: Schema, value: Value) => ({
  msgpack: encodeMsgpack(value, typeOfSchema(schema)),
  json: new Uint8Array(),
});
const kv = (value: Value) => wire(NAMESPACE_KV, value);
const NO_KV = kv(nullOf(typeOfSchema(NAMESPACE_KV)));
const read = (sent: tfplugin6.DynamicValue | undefined) =>
  decodeMsgpack(sent?.msgpack ?? new Uint8Array(), typeOfSchema(NAMESPACE_KV));

function filled(schema: Schema, values: Readonly<Record<string, Value>>): ObjectValue {
  const rest = Object.entries(schema.attributes).map(([name, { type }]) => [name, nullOf(type)] as const);
  return obj({ ...Object.fromEntries(rest), ...values });
}
const settings = (values: Readonly<Record<string, Value>>) => ({ config: wire(SETTINGS, filled(SETTINGS, values)) });
const STATE = filled(NAMESPACE_KV, {
  namespace: str("n"),
  key: str("k"),
  type: str("STRING"),
  value: str("s3cr3t"),
  etag: str("e"),
});
const REQUEST = { typeName: "namespace_kv" };

async function configured(endpoint: Value = str("http://kv.test")): Promise<Server> {
  const server = started();
  expect((await call(server, "configureProvider", settings({ endpoint }))).diagnostics).toEqual([]);
  return server;
}

describe("every method answers without a gRPC error", () => {
  const methods = Object.keys(implementation(started())) as (keyof Implementation)[];

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
  expect(Object.keys(answer["resourceSchemas"] as object)).toEqual(["namespace_kv"]);
  expect(Object.keys(answer["dataSourceSchemas"] as object)).toEqual(["namespace_kv"]);
  expect(answer["serverCapabilities"]).toMatchObject({ getProviderSchemaOptional: true, planDestroy: false });
});

describe("a state", () => {
  it("of the present version goes back as the bytes that came", async () => {
    const json = Buffer.from('{"value":{"value":1e400,"type":"number"}, "n": 9007199254740993}');
    const { upgradedState } = await call(started(), "upgradeResourceState", {
      ...REQUEST,
      version: 0,
      rawState: { json, flatmap: {} },
    });
    expect(Buffer.from(upgradedState?.json ?? [])).toEqual(json);
    expect(upgradedState?.msgpack).toHaveLength(0);
  });

  it("of a newer version asks for a newer provider", async () => {
    const { diagnostics } = await call(started(), "upgradeResourceState", {
      ...REQUEST,
      version: 1,
      rawState: { json: Buffer.from("{}"), flatmap: {} },
    });
    expect(diagnostics[0]?.detail).toContain("terraform init -upgrade");
  });
});

describe("settings that are not known yet", () => {
  it("let a create be planned", async () => {
    const server = await configured(unknownOf(STRING));
    const config = kv(filled(NAMESPACE_KV, { namespace: str("n"), key: str("k"), value: num(1) }));
    const answer = await call(server, "planResourceChange", {
      ...REQUEST,
      priorState: NO_KV,
      proposedNewState: config,
      config,
      priorPrivate: Buffer.from("p"),
    });
    expect(answer.diagnostics).toEqual([]);
    expect(attribute(read(answer.plannedState), "type")).toEqual(str("NUMBER"));
    expect(Buffer.from(answer["plannedPrivate"] as Uint8Array).toString()).toBe("p");
  });

  it("let a read keep the state, with a warning", async () => {
    const server = await configured(unknownOf(STRING));
    const answer = await call(server, "readResource", {
      ...REQUEST,
      currentState: kv(STATE),
      private: Buffer.from("p"),
    });
    expect(read(answer.newState)).toEqual(STATE);
    expect(Buffer.from(answer.private ?? []).toString()).toBe("p");
    expect(answer.diagnostics).toMatchObject([{ severity: tfplugin6.Diagnostic_Severity.WARNING }]);
  });

  it("make a data source an error that names the setting", async () => {
    const server = await configured(unknownOf(STRING));
    const { dataSources } = server.provider;
    const schema = dataSources["namespace_kv"]?.schema ?? expect.unreachable();
    const config = wire(schema, filled(schema, { namespace: str("n"), key: str("k") }));
    const answer = await call(server, "readDataSource", { ...REQUEST, config });
    expect(answer.diagnostics[0]?.detail).toContain('"endpoint" depends on something');
  });
});

describe("what fails leaves what was there", () => {
  const refused = () =>
    Promise.resolve(new Response("<html>", { status: 200, headers: { "Content-Type": "text/html" } }));

  it.each([
    { change: "a create", prior: NO_KV, planned: kv(STATE), left: nullOf(typeOfSchema(NAMESPACE_KV)) },
    {
      change: "an update",
      prior: kv(STATE),
      planned: kv(obj(new Map([...STATE.entries, ["ttl", str("P1D")]]))),
      left: STATE,
    },
    { change: "a delete", prior: kv(STATE), planned: NO_KV, left: STATE },
  ])("$change", async ({ prior, planned, left }) => {
    vi.stubGlobal("fetch", refused);
    const answer = await call(await configured(), "applyResourceChange", {
      ...REQUEST,
      priorState: prior,
      plannedState: planned,
      plannedPrivate: new Uint8Array(),
    });
    expect(answer.diagnostics[0]?.summary).toBe("The answer does not come from a Namespace KV service");
    expect(answer.newState ? read(answer.newState) : nullOf(typeOfSchema(NAMESPACE_KV))).toEqual(left);
  });

  it("a read", async () => {
    vi.stubGlobal("fetch", refused);
    const answer = await call(await configured(), "readResource", {
      ...REQUEST,
      currentState: kv(STATE),
      private: new Uint8Array(),
    });
    expect(answer.diagnostics).toMatchObject([{ severity: tfplugin6.Diagnostic_Severity.ERROR }]);
    expect(read(answer.newState)).toEqual(STATE);
  });
});

describe("a diagnostic", () => {
  it("of a value that cannot be read names its place", async () => {
    const type = typeOfSchema(NAMESPACE_KV);
    const config = Buffer.from(
      encodeMsgpack(filled(NAMESPACE_KV, { namespace: str("n"), key: str("k"), value: str("1e99999") }), type),
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

describe("StopProvider", () => {
  const hanging = (_: string, { signal }: { readonly signal: AbortSignal }) =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });

  it("ends a read that is under way, and refuses what comes after", async () => {
    vi.stubGlobal("fetch", hanging);
    const server = await configured();
    const request = { ...REQUEST, currentState: kv(STATE), private: new Uint8Array() };
    const underWay = call(server, "readResource", request);
    await new Promise((resolve) => setImmediate(resolve));
    expect(await call(server, "stopProvider", {})).toMatchObject({ Error: "" });
    expect((await underWay).diagnostics[0]?.summary).toBe("Interrupted");
    expect((await call(server, "readResource", request)).diagnostics[0]?.summary).toBe("Interrupted");
  });

  it("lets a write finish that is under way", async () => {
    let finish = (_: Response) => {};
    vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => (finish = resolve)));
    const server = await configured();
    const underWay = call(server, "applyResourceChange", {
      ...REQUEST,
      priorState: kv(STATE),
      plannedState: NO_KV,
      plannedPrivate: new Uint8Array(),
    });
    await new Promise((resolve) => setImmediate(resolve));
    await call(server, "stopProvider", {});
    finish(new Response("true", { headers: { "Content-Type": "application/json" } }));
    const answer = await underWay;
    expect(answer.diagnostics).toEqual([]);
    expect(read(answer.newState)).toEqual(nullOf(typeOfSchema(NAMESPACE_KV)));
  });
});

it("what Terraform cannot plan without is never asked of the service", async () => {
  vi.stubGlobal("fetch", () => expect.unreachable());
  const config = kv(filled(NAMESPACE_KV, { namespace: str("n"), key: str("k2"), value: unknownOf(DYNAMIC) }));
  const proposed = kv(
    filled(NAMESPACE_KV, { namespace: str("n"), key: str("k2"), value: unknownOf(DYNAMIC), etag: str("e") }),
  );
  const answer = await call(await configured(), "planResourceChange", {
    ...REQUEST,
    priorState: kv(STATE),
    proposedNewState: proposed,
    config,
    priorPrivate: new Uint8Array(),
  });
  expect(answer["requiresReplace"]).toEqual([{ steps: [{ selector: { $case: "attributeName", value: "key" } }] }]);
  expect(attribute(read(answer.plannedState), "id")).toEqual(str("n/k2"));
});
