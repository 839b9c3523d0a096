import { describe, expect, it } from "vitest";
import { num, str } from "../cty/make.ts";
import { attribute } from "../cty/value.ts";
import { diagnosticOf, ENTRY, json, problem, session, stubbedService } from "./fixture-kv.ts";
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

  it("of a key that does not exist fails", async () => {
    kv.answer = () => problem("not-found", 404);
    expect((await diagnosticOf(namespaceKv.import("company.team/a/b", session()))).detail).toContain(
      '"company.team/a/b" does not exist',
    );
  });
});
