import { describe, expect, it } from "vitest";
import { num, obj, str, tuple } from "../cty/make.ts";
import { attribute, isNull } from "../cty/value.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import type { Stored } from "../schema/upgrade.ts";
import { FROM_KESTRA } from "./from-kestra.ts";

const stored = (more: Record<string, string | null>): Stored =>
  new Map(Object.entries({ namespace: "a.b", key: "k", tenant_id: "main", ...more }));

describe("a kestra_kv becomes a namespace_kv", () => {
  it.each([
    { type: "STRING", text: "5", value: str("5") },
    { type: "NUMBER", text: "1e+06", value: num("1000000") },
    { type: "JSON", text: '{"a":[1]}', value: obj({ a: tuple([num(1)]) }) },
    { type: "DATE", text: "2030-01-31", value: str("2030-01-31") },
    { type: null, text: "5", value: str("5") },
  ])("with $type $text", ({ type, text, value }) => {
    const state = FROM_KESTRA.stateFrom(stored({ type, value: text }));
    expect(attribute(state, "value")).toEqual(value);
    expect(isNull(attribute(state, "type"))).toBe(type === null);
    expect(attribute(state, "id")).toEqual(str("a.b/k"));
  });

  it("whose JSON Terraform cannot hold as a value, but as text", () => {
    const state = FROM_KESTRA.stateFrom(stored({ type: "JSON", value: '{"a":1e99999}' }));
    expect(isNull(attribute(state, "value"))).toBe(true);
    expect(attribute(state, "value_json")).toEqual(str('{"a":1e99999}'));
  });

  it.each([
    { description: "Why", owned: true },
    { description: "", owned: false },
    { description: null, owned: false },
  ])("whose description $description is owned: $owned", ({ description, owned }) => {
    const state = FROM_KESTRA.stateFrom(stored({ value: "x", description }));
    expect(isNull(attribute(state, "description"))).toBe(!owned);
  });

  it.each([{ namespace: "a..b" }, { key: "" }])("but not at %o, where no key can be", (more) => {
    expect(() => FROM_KESTRA.stateFrom(stored(more))).toThrow(DiagnosticError);
  });
});
