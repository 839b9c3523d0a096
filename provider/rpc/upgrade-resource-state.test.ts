import { describe, expect, it } from "vitest";
import { call, REQUEST, started } from "./fixture.ts";

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
