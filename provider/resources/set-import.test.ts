import { expect, it } from "vitest";
import { DiagnosticError } from "../schema/diagnostic.ts";
import { scopeOfId } from "./set-import.ts";

it.each([
  { id: "company.team", namespace: "company.team", prefix: "" },
  { id: "company.team/", namespace: "company.team", prefix: "" },
  { id: "company.team/flags/a", namespace: "company.team", prefix: "flags/a" },
  { id: "n//", namespace: "n", prefix: "/" },
  { id: "n/e\u0301", namespace: "n", prefix: "\u00e9" },
])("$id names namespace and prefix", ({ id, ...scope }) => expect(scopeOfId(id)).toEqual(scope));

it.each([
  { what: "no namespace", id: "/flags", why: "namespace" },
  { what: "what is none", id: "company team/flags", why: "namespace" },
  { what: "a prefix longer than any key", id: `n/${"x".repeat(257)}`, why: "256" },
])("an ID with $what is refused, and the form is shown", ({ id, why }) => {
  const refused = (() => {
    try {
      return scopeOfId(id);
    } catch (error) {
      return error instanceof DiagnosticError ? error.diagnostic : error;
    }
  })();
  expect(refused).toMatchObject({
    summary: "Invalid import ID",
    detail: expect.stringContaining("company.team/flags/"),
  });
  expect(refused).toMatchObject({ detail: expect.stringMatching(new RegExp(`flags/"\\..*${why}`)) });
});
