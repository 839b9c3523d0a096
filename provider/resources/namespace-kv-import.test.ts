import { describe, expect, it } from "vitest";
import { bool, map, nullOf, num, str } from "../cty/make.ts";
import { BOOL, DYNAMIC, mapType, STRING } from "../cty/type.ts";
import { attribute } from "../cty/value.ts";
import { diagnosticOf, ENDED, ENTRY, expired, json, problem, session, stubbedService } from "./fixture-kv.ts";
import { namespaceKv } from "./namespace-kv.ts";

const kv = stubbedService();

describe("import", () => {
  it("fills the whole state, the description too", async () => {
    kv.answer = () => json(200, { ...ENTRY, ttl: "PT24H", value: 5 });
    const state = await namespaceKv.import("company.team/a/b", session());
    expect(["value", "type", "ttl", "description"].map((name) => attribute(state, name))).toEqual([
      num(5),
      str("NUMBER"),
      str("PT24H"),
      str("said elsewhere"),
    ]);
  });

  const imported = async (entry: object, defaultTtl?: string) => {
    kv.answer = ({ url }) =>
      json(200, url.includes("kv:entry") ? { ...ENTRY, value: 5, ...entry } : { id: "n", declared: true, defaultTtl });
    const { entries } = await namespaceKv.import("company.team/a/b", session());
    return (...names: readonly string[]) => names.map((name) => entries.get(name));
  };

  it("has only what a configuration would have to say", async () => {
    const plain = await imported({ description: "" });
    expect(plain("description", "labels", "secret", "expires_at", "value_json")).toEqual([
      nullOf(STRING),
      nullOf(mapType(STRING)),
      nullOf(BOOL),
      nullOf(STRING),
      nullOf(STRING),
    ]);
    const all = await imported({ labels: { a: "b" }, secret: true });
    expect(all("labels", "secret", "value")).toEqual([map(STRING, { a: str("b") }), bool(true), nullOf(DYNAMIC)]);
  });

  it("has of TTL and end the one that was said, and none that is the namespace's", async () => {
    const [ttl, end] = ["PT24H", "2036-01-31T12:00:00.000000Z"];
    const lasting = (await imported({ ttl, expirationDate: end }))("ttl", "expires_at");
    expect(lasting).toEqual([str(ttl), nullOf(STRING)]);
    const ending = (await imported({ expirationDate: end }))("ttl", "expires_at");
    expect(ending).toEqual([nullOf(STRING), str(end)]);
    const byDefault = (await imported({ expirationDate: end }, "P1D"))("ttl", "expires_at");
    expect(byDefault).toEqual([nullOf(STRING), nullOf(STRING)]);
  });

  it.each([
    { what: "null", json: "null", is: "null" },
    { what: "what HCL cannot hold", json: '{"a":1,"a":"e\u0301"}', is: '\ufeff{"a":1,"a":"e\\u0301"}' },
  ])("has $what as JSON", async ({ json: text, is }) => {
    kv.answer = () => new Response(`${JSON.stringify({ ...ENTRY, type: "JSON" }).slice(0, -1)},"value":${text}}`);
    const state = await namespaceKv.import("company.team/a/b", session());
    expect([attribute(state, "value"), attribute(state, "value_json")]).toEqual([nullOf(DYNAMIC), str(is)]);
  });

  it("of a key that has expired fails, and says when", async () => {
    kv.answer = expired;
    const { detail } = await diagnosticOf(namespaceKv.import("company.team/a/b", session()));
    expect(detail).toContain(`"company.team/a/b" expired at ${ENDED}`);
  });

  it("of a key that does not exist fails", async () => {
    kv.answer = () => problem("not-found", 404);
    expect((await diagnosticOf(namespaceKv.import("company.team/a/b", session()))).detail).toContain(
      '"company.team/a/b" does not exist',
    );
  });
});
