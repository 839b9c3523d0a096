import { expect, it } from "vitest";
import { DiagnosticError } from "../schema/diagnostic.ts";
import { placeOfId } from "./import-id.ts";

it.each([
  { id: "company.team/k", namespace: "company.team", key: "k" },
  { id: "company/flags/dark-mode", namespace: "company", key: "flags/dark-mode" },
  { id: "company//", namespace: "company", key: "/" },
  { id: "company/e\u0301", namespace: "company", key: "\u00e9" }, // Terraform keeps no other form in its state
])("$id names the key $key of $namespace", ({ id, namespace, key }) => {
  expect(placeOfId(id)).toEqual({ namespace, key });
});

it.each([
  { id: "", wrong: "lacks a part" },
  { id: "key", wrong: "lacks a part" },
  { id: "/key", wrong: "lacks a part" },
  { id: "company/", wrong: "lacks a part" },
  { id: "company..team/key", wrong: "dotted path" },
  { id: `company/${"k".repeat(257)}`, wrong: "not 257" },
])("$id is refused with the form of an ID", ({ id, wrong }) => {
  try {
    placeOfId(id);
    expect.unreachable();
  } catch (failure) {
    expect(failure).toBeInstanceOf(DiagnosticError);
    const { detail } = (failure as DiagnosticError).diagnostic;
    expect(detail).toContain('such as "company.team/flags/dark-mode"');
    expect(detail).toContain(wrong);
  }
});
