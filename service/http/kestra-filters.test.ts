import { expect, it } from "vitest";
import { Failure } from "../domain/fault.ts";
import { FILTER_NAMES, filtersOf } from "./kestra-filters.ts";

/** What a query string with these parameters asks for. */
const asked = (query: string) => {
  const parameters: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query)) parameters[name] = [...(parameters[name] ?? []), value];
  return filtersOf(parameters);
};

const none = { contains: undefined, updated: {} };
const some = (...names: string[]) => ({ ...none, namespace: { kind: "some", names } });
const all = (tests: object) => ({ ...none, namespace: { kind: "all", tests } });

it.each([
  ["", all({})],
  ["filters=", all({})],
  ["page=2&q=text", all({})],
  ["filters[namespace][EQUALS]=a.b", some("a.b")],
  ["filters[namespace]=a.b", some("a.b")],
  ["filters[namespace][IN]=a,b.c", some("a", "b.c")],
  ["filters[namespace][IN]=[a,b]&filters[namespace][NOT_EQUALS]=a", some("b")],
  ["filters[namespace][IN]=a&filters[namespace][IN]=b", some("a", "b")],
  ["filters[namespace][IN]=[]", some()],
  ["filters[namespace][IN]=a,b&filters[namespace][EQUALS]=b", some("b")],
  ["filters[namespace][IN]=a,b&filters[namespace][EQUALS]=c", some()],
  ["filters[namespace][STARTS_WITH]=a&filters[namespace][IN]=ab,c", some("ab")],
  ["filters[namespace][STARTS_WITH]=%25", all({ startsWith: "%" })],
  ["filters[namespace][PREFIX]=a&filters[namespace][NOT_IN]=b,c", all({ under: "a", noneOf: ["b", "c"] })],
  ["filters[namespace][CONTAINS]=x&filters[namespace][ENDS_WITH]=y", all({ contains: "x", endsWith: "y" })],
  ["filters[q][EQUALS]=__proto__", { ...all({}), contains: "__proto__" }],
  ["filters[query]=a,b", { ...all({}), contains: "a,b" }],
  ["filters[q][EQUALS]=", all({})],
  [
    "filters[updated][LESS_THAN]=2026-01-01T00:00:00%2B01:00",
    { ...all({}), updated: { before: "2025-12-31T23:00:00Z" } },
  ],
])("%s", (query, expected) => {
  expect(asked(query)).toEqual(expected);
});

it.each([
  [
    "filters[scope][EQUALS]=USER",
    "invalid",
    "filters[scope][EQUALS]",
    /namespace with EQUALS.*q with EQUALS.*updated with/,
  ],
  ["filters[namespace][REGEX]=a.*", "invalid", "filters[namespace][REGEX]", /namespace with EQUALS, NOT_EQUALS, IN/],
  ["filters[q][CONTAINS]=a", "invalid", "filters[q][CONTAINS]", /q with EQUALS;/],
  ["filters[__proto__][EQUALS]=a", "invalid", "filters[__proto__][EQUALS]", /There are/],
  ["filters[or][0][namespace][EQUALS]=a", "invalid", "filters[or][0][namespace][EQUALS]", /There are/],
  ["filters=%5Bobject%20Object%5D", "invalid", "filters", /There are/],
  ["filters[namespace][EQUALS]=", "malformed", "filters[namespace][EQUALS]", /needs a value/],
  ["filters[namespace][EQUALS]=a&filters[namespace][EQUALS]=b", "malformed", "filters[namespace][EQUALS]", /once/],
  ["filters[q][EQUALS]=a&filters[query]=b", "malformed", "filters[query]", /once/],
  ["filters[q][EQUALS]=%00", "invalid", "filters[q][EQUALS]", /U\+0000/],
  ["filters[updated][LESS_THAN]=yesterday", "invalid", "filters[updated][LESS_THAN]", /instant/],
  [
    `filters[namespace][IN]=${Array.from({ length: 101 }, (_, n) => `n${n}`)}`,
    "invalid",
    "filters[namespace][IN]",
    /at most 100/,
  ],
])("%s is refused", (query, kind, field, reason) => {
  const refused = () => asked(query);
  expect(refused).toThrow(Failure);
  expect(refused).toThrow(expect.objectContaining({ fault: { kind, field, reason: expect.stringMatching(reason) } }));
});

it("every filter that is documented is taken", () => {
  const values = (name: string) => (name.includes("updated") ? "2026-01-01T00:00:00Z" : "a");
  for (const name of FILTER_NAMES) expect(() => asked(`${name}=${values(name)}`)).not.toThrow();
  expect(FILTER_NAMES).toHaveLength(13);
});
