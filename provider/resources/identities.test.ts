import { expect, it } from "vitest";
import { nullOf, obj, str } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import { KEY_IDENTITY, NAMESPACE_IDENTITY, SET_IDENTITY } from "./identities.ts";
import { placeOfId } from "./import-id.ts";
import { scopeOfId } from "./set-import.ts";

it.each([
  { of: KEY_IDENTITY, identity: { namespace: str("a.b"), key: str("c/d") }, id: "a.b/c/d" },
  { of: NAMESPACE_IDENTITY, identity: { name: str("a.b") }, id: "a.b" },
  { of: SET_IDENTITY, identity: { namespace: str("a.b"), prefix: str("c/") }, id: "a.b/c/" },
  { of: SET_IDENTITY, identity: { namespace: str("a.b"), prefix: nullOf(STRING) }, id: "a.b" },
])("an identity stands for the ID $id", ({ of, identity, id }) => {
  expect(of.idOf(obj(identity))).toBe(id);
});

it("the parts come back out of the ID", () => {
  expect(placeOfId("a.b/c/d")).toEqual({ namespace: "a.b", key: "c/d" });
  expect(scopeOfId("a.b/c/")).toEqual({ namespace: "a.b", prefix: "c/" });
});

it.each([
  { of: KEY_IDENTITY, identity: { namespace: str("a/b"), key: str("c") } },
  { of: KEY_IDENTITY, identity: { namespace: str("a"), key: str("") } },
  { of: NAMESPACE_IDENTITY, identity: { name: str("a/b") } },
  { of: SET_IDENTITY, identity: { namespace: str("a/b"), prefix: str("c") } },
])("$identity is refused, though its ID would name something else", ({ of, identity }) => {
  expect(() => of.idOf(obj(identity))).toThrow(DiagnosticError);
});
