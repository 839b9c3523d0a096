import { afterEach, describe, expect, it, vi } from "vitest";
import { nullOf } from "../cty/make.ts";
import { NAMESPACE_KV } from "../resources/namespace-kv-schema.ts";
import { typeOfSchema } from "../schema/schema.ts";
import { call, configured, kv, NO_KV, REQUEST, read, STATE } from "./fixture.ts";

afterEach(() => vi.unstubAllGlobals());

describe("StopProvider", () => {
  const hanging = (_: string, { signal }: { readonly signal: AbortSignal }) =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });

  it("ends a read that is under way, and refuses what comes after", async () => {
    const asked = vi.fn(hanging);
    vi.stubGlobal("fetch", asked);
    const server = await configured();
    const request = { ...REQUEST, currentState: kv(STATE), private: new Uint8Array() };
    const underWay = call(server, "readResource", request);
    await expect.poll(() => asked.mock.calls.length).toBe(1);
    expect(await call(server, "stopProvider", {})).toMatchObject({ Error: "" });
    expect((await underWay).diagnostics[0]?.summary).toBe("Interrupted");
    expect((await call(server, "readResource", request)).diagnostics[0]?.summary).toBe("Interrupted");
  });

  it("lets a write finish that is under way", async () => {
    let finish = (_: Response) => {};
    const asked = vi.fn(() => new Promise<Response>((resolve) => (finish = resolve)));
    vi.stubGlobal("fetch", asked);
    const server = await configured();
    const underWay = call(server, "applyResourceChange", {
      ...REQUEST,
      priorState: kv(STATE),
      plannedState: NO_KV,
      plannedPrivate: new Uint8Array(),
    });
    await expect.poll(() => asked.mock.calls.length).toBe(1);
    await call(server, "stopProvider", {});
    finish(new Response("true", { headers: { "Content-Type": "application/json" } }));
    const answer = await underWay;
    expect(answer.diagnostics).toEqual([]);
    expect(read(answer.newState)).toEqual(nullOf(typeOfSchema(NAMESPACE_KV)));
  });
});
