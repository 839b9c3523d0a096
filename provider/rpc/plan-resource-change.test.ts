import { afterEach, expect, it, vi } from "vitest";
import { str, unknownOf } from "../cty/make.ts";
import { DYNAMIC } from "../cty/type.ts";
import { attribute } from "../cty/value.ts";
import { NAMESPACE_KV } from "../resources/namespace-kv-schema.ts";
import { withNulls } from "../schema/schema.ts";
import { call, configured, kv, REQUEST, read, STATE } from "./fixture.ts";

afterEach(() => vi.unstubAllGlobals());

it("a plan asks the service nothing, and names the attribute that forces a replacement", async () => {
  vi.stubGlobal("fetch", () => expect.unreachable());
  const config = kv(withNulls(NAMESPACE_KV, { namespace: str("n"), key: str("k2"), value: unknownOf(DYNAMIC) }));
  const proposed = kv(
    withNulls(NAMESPACE_KV, { namespace: str("n"), key: str("k2"), value: unknownOf(DYNAMIC), etag: str("e") }),
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
