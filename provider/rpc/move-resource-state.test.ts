import { describe, expect, it } from "vitest";
import { str } from "../cty/make.ts";
import { attribute } from "../cty/value.ts";
import type { DynamicValue } from "../gen/tfplugin6.ts";
import { call, read, started } from "./fixture.ts";

const KESTRA = {
  sourceProviderAddress: "registry.terraform.io/kestra-io/kestra",
  sourceTypeName: "kestra_kv",
  sourceSchemaVersion: 0,
  sourceState: { json: Buffer.from('{"namespace":"n","key":"k","value":"v","type":"STRING"}'), flatmap: {} },
  targetTypeName: "namespace_kv",
};

describe("a moved block", () => {
  it.each(["registry.terraform.io", "registry.opentofu.org", "mirror.example:8443"])(
    "finds Kestra's provider on %s",
    async (host) => {
      const sourceProviderAddress = `${host}/kestra-io/kestra`;
      const answer = await call(started(), "moveResourceState", { ...KESTRA, sourceProviderAddress });
      expect(answer.diagnostics).toEqual([]);
      expect(attribute(read(answer["targetState"] as DynamicValue), "value")).toEqual(str("v"));
      expect(answer["targetIdentity"]).toBeDefined();
    },
  );

  it.each([
    {
      but: { sourceProviderAddress: "registry.terraform.io/other/kestra" },
      says: /Only these can: kestra_kv of kestra-io/,
    },
    { but: { sourceTypeName: "kestra_namespace" }, says: /A kestra_namespace of .* cannot become a namespace_kv/ },
    { but: { targetTypeName: "namespace" }, says: /cannot become a namespace .*No resource of another type can/ },
    { but: { sourceSchemaVersion: 1 }, says: /has version 1 of its schema, and this provider knows version 0/ },
    { but: { targetTypeName: "namespace_other" }, says: /no resource "namespace_other"/ },
  ])("that is not $but is refused", async ({ but, says }) => {
    const { diagnostics, ...answer } = await call(started(), "moveResourceState", { ...KESTRA, ...but });
    expect(diagnostics[0]?.detail).toMatch(says);
    expect(answer["targetState"]).toBeUndefined();
  });
});
