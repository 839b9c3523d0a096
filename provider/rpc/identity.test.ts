import { afterEach, describe, expect, it, vi } from "vitest";
import { decodeMsgpack } from "../cty/decode.ts";
import { encodeMsgpack } from "../cty/encode.ts";
import { nullOf, obj, str, unknownOf } from "../cty/make.ts";
import { objectType, STRING } from "../cty/type.ts";
import type { Value } from "../cty/value.ts";
import type { ResourceIdentityData, ResourceIdentitySchema } from "../gen/tfplugin6.ts";
import { NAMESPACE_KV } from "../resources/namespace-kv-schema.ts";
import { typeOfSchema } from "../schema/schema.ts";
import { type Answer, call, configured, kv, NO_KV, REQUEST, read, STATE, started } from "./fixture.ts";

const TYPE = objectType({ namespace: STRING, key: STRING });
const NOTHING = new Uint8Array();
const sent = (namespace: Value, key: Value) => ({
  identityData: { msgpack: encodeMsgpack(obj({ namespace, key }), TYPE), json: NOTHING },
});
const identityOf = (answer: Answer, member: string): Value | undefined => {
  const msgpack = (answer[member] as ResourceIdentityData | undefined)?.identityData?.msgpack;
  return msgpack && decodeMsgpack(msgpack, TYPE);
};
const IDENTITY = obj({ namespace: str("n"), key: str("k") });
const with_ = (more: Record<string, Value>) => kv(obj(new Map([...STATE.entries, ...Object.entries(more)])));

const ENTRY = {
  ...{ namespace: "n", key: "k", type: "STRING", revision: 2, etag: "e2", size: 8, digest: "d", uri: "u", labels: {} },
  ...{ description: null, ttl: null, creationDate: "c", updateDate: "u", expirationDate: null, updatedBy: "ada" },
  value: "s3cr3t",
};
const answering = (body: object, status = 200, type = "application/json") => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    return Promise.resolve(new Response(JSON.stringify(body), { status, headers: { "Content-Type": type } }));
  });
  return asked;
};
afterEach(() => vi.unstubAllGlobals());

it("the schemas name what an import must say", async () => {
  const { identitySchemas } = await call(started(), "getResourceIdentitySchemas", {});
  const schemas = Object.entries(identitySchemas as Record<string, ResourceIdentitySchema>).map(([type, schema]) => [
    type,
    schema.identityAttributes.map(({ name, requiredForImport }) => (requiredForImport ? name : `${name}?`)),
  ]);
  expect(Object.fromEntries(schemas)).toMatchObject({ namespace: ["name"], namespace_kv: ["namespace", "key"] });
});

describe("the identity of a key", () => {
  const plan = async (planned: object) => {
    const request = {
      ...REQUEST,
      priorState: NO_KV,
      proposedNewState: planned,
      config: planned,
      priorPrivate: NOTHING,
    };
    return identityOf(await call(await configured(), "planResourceChange", request), "plannedIdentity");
  };

  it("is planned once all of it is known", async () => {
    expect(await plan(kv(STATE))).toEqual(IDENTITY);
    expect(await plan(with_({ key: unknownOf(STRING) }))).toBeUndefined();
  });

  it("is there after an apply, and after a read", async () => {
    answering(ENTRY);
    const server = await configured();
    const plannedState = with_({ etag: unknownOf(STRING) });
    const change = { ...REQUEST, priorState: NO_KV, plannedState, config: kv(STATE), plannedPrivate: NOTHING };
    expect(identityOf(await call(server, "applyResourceChange", change), "newIdentity")).toEqual(IDENTITY);
    const state = { ...REQUEST, currentState: kv(STATE), private: NOTHING };
    expect(identityOf(await call(server, "readResource", state), "newIdentity")).toEqual(IDENTITY);
  });

  it("goes with the key", async () => {
    answering({ type: "/problems/not-found" }, 404, "application/problem+json");
    const request = {
      ...REQUEST,
      currentState: kv(STATE),
      private: NOTHING,
      currentIdentity: sent(str("n"), str("k")),
    };
    expect(identityOf(await call(await configured(), "readResource", request), "newIdentity")).toBeUndefined();
  });

  it("stays when a read fails", async () => {
    answering({}, 500);
    const request = {
      ...REQUEST,
      currentState: kv(STATE),
      private: NOTHING,
      currentIdentity: sent(str("n"), str("k")),
    };
    const answer = await call(await configured(), "readResource", request);
    expect(answer.diagnostics).toHaveLength(1);
    expect(identityOf(answer, "newIdentity")).toEqual(IDENTITY);
  });
});

describe("an import by identity", () => {
  const imported = async (identity: object) =>
    call(await configured(), "importResourceState", { ...REQUEST, id: "", identity });

  it("finds the key, and answers its identity", async () => {
    const asked = answering(ENTRY);
    const answer = await imported(sent(str("n"), str("a/b")));
    expect(asked[0]).toContain("/namespaces/n/kv:entry?key=a%2Fb");
    const [resource] = answer["importedResources"] as readonly (Answer & { readonly state: never })[];
    expect(identityOf(resource ?? expect.unreachable(), "identity")).toEqual(IDENTITY);
    expect(read(resource?.state)).not.toEqual(nullOf(typeOfSchema(NAMESPACE_KV)));
  });

  it.each([
    {
      what: "a namespace that is none, though the ID would be one",
      identity: sent(str("n/a"), str("b")),
      at: "namespace",
    },
    { what: "no key", identity: sent(str("n"), nullOf(STRING)), at: "key" },
  ])("with $what is refused", async ({ identity, at }) => {
    vi.stubGlobal("fetch", () => expect.unreachable());
    const { diagnostics } = await imported(identity);
    expect(diagnostics).toMatchObject([{ attribute: { steps: [{ selector: { value: at } }] } }]);
  });
});

describe("a stored identity", () => {
  const upgrade = (version: number) =>
    call(started(), "upgradeResourceIdentity", {
      ...REQUEST,
      version,
      rawIdentity: { json: Buffer.from('{"namespace":"n","key":"k"}'), flatmap: {} },
    });

  it("of the present version stays", async () => {
    const { upgradedIdentity } = await upgrade(0);
    const json = (upgradedIdentity as ResourceIdentityData).identityData?.json;
    expect(JSON.parse(Buffer.from(json ?? []).toString())).toEqual({ namespace: "n", key: "k" });
  });

  it("of a newer version asks for a newer provider", async () => {
    expect((await upgrade(1)).diagnostics[0]?.detail).toContain("terraform init -upgrade");
  });
});
