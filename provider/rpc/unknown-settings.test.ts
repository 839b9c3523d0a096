import { describe, expect, it } from "vitest";
import { num, str, unknownOf } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import { attribute } from "../cty/value.ts";
import * as tfplugin6 from "../gen/tfplugin6.ts";
import { NAMESPACE_KV } from "../resources/namespace-kv-schema.ts";
import { withNulls } from "../schema/schema.ts";
import { call, configured, kv, NO_KV, REQUEST, read, STATE, wire } from "./fixture.ts";

describe("settings that are not known yet", () => {
  it("let a create be planned", async () => {
    const server = await configured(unknownOf(STRING));
    const config = kv(withNulls(NAMESPACE_KV, { namespace: str("n"), key: str("k"), value: num(1) }));
    const answer = await call(server, "planResourceChange", {
      ...REQUEST,
      priorState: NO_KV,
      proposedNewState: config,
      config,
      priorPrivate: Buffer.from('{"due":true}'),
    });
    expect(answer.diagnostics).toEqual([]);
    expect(attribute(read(answer.plannedState), "type")).toEqual(str("NUMBER"));
    expect(Buffer.from(answer["plannedPrivate"] as Uint8Array).toString()).toBe('{"due":true}');
  });

  it("let a read keep the state, with a warning", async () => {
    const server = await configured(unknownOf(STRING));
    const answer = await call(server, "readResource", {
      ...REQUEST,
      currentState: kv(STATE),
      private: Buffer.from('{"due":true}'),
    });
    expect(read(answer.newState)).toEqual(STATE);
    expect(Buffer.from(answer.private ?? []).toString()).toBe('{"due":true}');
    expect(answer.diagnostics).toMatchObject([{ severity: tfplugin6.Diagnostic_Severity.WARNING }]);
  });

  it("make a data source an error that names the setting", async () => {
    const server = await configured(unknownOf(STRING));
    const { dataSources } = server.provider;
    const schema = dataSources["namespace_kv"]?.schema ?? expect.unreachable();
    const config = wire(schema, withNulls(schema, { namespace: str("n"), key: str("k") }));
    const answer = await call(server, "readDataSource", { ...REQUEST, config });
    expect(answer.diagnostics[0]?.detail).toContain('"endpoint" depends on something');
  });
});
