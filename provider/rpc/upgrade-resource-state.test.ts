import { describe, expect, it } from "vitest";
import type { Resource } from "../schema/provider.ts";
import type { Upgrade } from "../schema/upgrade.ts";
import { call, REQUEST, started } from "./fixture.ts";
import type { Server } from "./server.ts";

const upgrade = (server: Server, version: number, json: string) =>
  call(server, "upgradeResourceState", { ...REQUEST, version, rawState: { json: Buffer.from(json), flatmap: {} } });
const upgradedJson = async (...asked: Parameters<typeof upgrade>) =>
  Buffer.from((await upgrade(...asked)).upgradedState?.json ?? []).toString();

const renamed: Upgrade = (stored) => new Map([...stored].map(([name, of]) => [name === "size" ? "bytes" : name, of]));
const dropped: Upgrade = (stored) => new Map([...stored].filter(([name]) => name !== "colour"));

/** A provider whose `namespace_kv` has a past. */
function aged(): Server {
  const server = started();
  const resource = server.provider.resources["namespace_kv"] as Resource<unknown>;
  const schema = { ...resource.schema, version: 2 };
  const resources = { namespace_kv: { ...resource, schema, upgrades: [renamed, dropped] } };
  return { ...server, provider: { ...server.provider, resources } };
}

describe("a state", () => {
  it("of the present version goes back as the bytes that came", async () => {
    const json = '{"value":{"value":1e400,"type":"number"}, "n": 9007199254740993}';
    expect(await upgradedJson(started(), 0, json)).toBe(json);
  });

  it.each([
    { version: 0, json: '{"size":9007199254740993,"colour":"red"}', becomes: '{"bytes":9007199254740993}' },
    { version: 1, json: '{"bytes":1e400,"colour":"red","size":2}', becomes: '{"bytes":1e+400,"size":2}' },
    { version: 2, json: '{"bytes":1.0}', becomes: '{"bytes":1.0}' },
  ])("of version $version takes the steps that are left, with every digit", async ({ version, json, becomes }) => {
    expect(await upgradedJson(aged(), version, json)).toBe(becomes);
  });

  it("of a newer version asks for a newer provider", async () => {
    const { diagnostics } = await upgrade(started(), 1, "{}");
    expect(diagnostics[0]?.detail).toContain("terraform init -upgrade");
  });

  it.each(["", "[]", "{"])("that is no JSON object (%o) is an error that is no crash", async (json) => {
    const { diagnostics } = await upgrade(aged(), 0, json);
    expect(diagnostics[0]?.summary).toMatch(/cannot be (read|used)/);
  });
});
