import { afterEach, describe, expect, it, vi } from "vitest";
import { nullOf, obj, str, unknownOf } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import { attribute } from "../cty/value.ts";
import * as tfplugin6 from "../gen/tfplugin6.ts";
import { NAMESPACE_KV } from "../resources/namespace-kv-schema.ts";
import { typeOfSchema } from "../schema/schema.ts";
import { call, configured, kv, NO_KV, REQUEST, read, STATE } from "./fixture.ts";

afterEach(() => vi.unstubAllGlobals());

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
      config: planned,
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

describe("the configuration's spelling", () => {
  const ENTRY = {
    ...{ namespace: "n", key: "k", type: "DURATION", revision: 2, etag: "e2", size: 8, digest: "d", uri: "u" },
    ...{
      description: null,
      labels: {},
      secret: false,
      ttl: "PT24H",
      creationDate: "c",
      updateDate: "u",
      expirationDate: "x",
      updatedBy: "ada",
    },
  };
  const SPELLED = { type: str("DURATION"), value: str("P1D"), ttl: str("P1D") };
  const spelled = obj(new Map([...STATE.entries, ...Object.entries(SPELLED)]));
  const answered = (value: string) =>
    vi.stubGlobal("fetch", () => {
      const headers = { "Content-Type": "application/json" };
      return Promise.resolve(new Response(JSON.stringify({ ...ENTRY, value }), { headers }));
    });

  it.each([
    { found: "PT24H", value: str("P1D") },
    { found: "PT23H", value: str("PT23H") },
  ])("a read that finds $found keeps it only where it means the same", async ({ found, value }) => {
    answered(found);
    const request = { ...REQUEST, currentState: kv(spelled), private: new Uint8Array() };
    const state = read((await call(await configured(), "readResource", request)).newState);
    expect(attribute(state, "value")).toEqual(value);
    expect(attribute(state, "ttl")).toEqual(str("P1D"));
    expect(attribute(state, "etag")).toEqual(str("e2"));
  });

  it("is what an apply leaves in the state", async () => {
    answered("PT24H");
    const planned = obj(new Map([...spelled.entries, ["etag", unknownOf(STRING)], ["digest", unknownOf(STRING)]]));
    const request = {
      ...REQUEST,
      priorState: NO_KV,
      plannedState: kv(planned),
      config: kv(planned),
      plannedPrivate: Buffer.from('{"due":true}'),
    };
    const answer = await call(await configured(), "applyResourceChange", request);
    expect(answer.diagnostics).toEqual([]);
    expect(Buffer.from(answer.private ?? []).toString()).toBe('{"lifetime":true}');
    const state = read(answer.newState);
    expect(["value", "ttl", "etag"].map((name) => attribute(state, name))).toEqual([str("P1D"), str("P1D"), str("e2")]);
  });
});
