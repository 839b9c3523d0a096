import { expect, it } from "vitest";
import { num, str, unknownOf } from "../cty/make.ts";
import { DYNAMIC } from "../cty/type.ts";
import type { Value } from "../cty/value.ts";
import { NAMESPACE_KV } from "../resources/namespace-kv-schema.ts";
import { withNulls } from "../schema/schema.ts";
import { call, kv, REQUEST, started } from "./fixture.ts";

const OLD = [undefined, { deferralAllowed: false, writeOnlyAttributesAllowed: false }];
const NEW = [{ deferralAllowed: false, writeOnlyAttributesAllowed: true }];
const HIDDEN = { value_wo: str("s3cr3t"), value_wo_version: num(1) };

it.each([
  { who: "that knows write-only attributes may use them", callers: NEW, said: HIDDEN, at: [] },
  { who: "that does not must not", callers: OLD, said: HIDDEN, at: ["value_wo"] },
  {
    who: "that does not must not, not even with one to come",
    callers: OLD,
    said: { ...HIDDEN, value_wo: unknownOf(DYNAMIC) },
    at: ["value_wo"],
  },
  { who: "that does not may use all others", callers: OLD, said: { value: str("v") }, at: [] },
] satisfies readonly {
  readonly who: string;
  readonly callers: unknown;
  readonly said: Record<string, Value>;
  at: string[];
}[])("a caller $who", async ({ callers, said, at }) => {
  const config = kv(withNulls(NAMESPACE_KV, { namespace: str("n"), key: str("k"), ...said }));
  for (const clientCapabilities of callers) {
    const { diagnostics } = await call(started(), "validateResourceConfig", { ...REQUEST, config, clientCapabilities });
    expect(diagnostics.map(({ attribute }) => attribute?.steps[0]?.selector?.value)).toEqual(at);
    expect(JSON.stringify(diagnostics)).not.toContain("s3cr3t");
    for (const { detail } of diagnostics) expect(detail).toContain("Terraform 1.11");
  }
});
