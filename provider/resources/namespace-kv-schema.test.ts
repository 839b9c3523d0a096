import { describe, expect, it } from "vitest";
import { bool, list, nullOf, num, obj, str, tuple, unknownOf } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import { attribute, type Value } from "../cty/value.ts";
import { plan } from "../rpc/plan.ts";
import { NAMESPACE_KV } from "./namespace-kv-schema.ts";

type Said = Readonly<Record<string, Value>>;

const unsaid = Object.fromEntries(
  Object.entries(NAMESPACE_KV.attributes).map(([name, { type }]) => [name, nullOf(type)]),
);
const SAID: Said = { namespace: str("n"), key: str("k") };

/** The state of a key for which the configuration said this. */
const stateOf = (said: Said) =>
  obj({
    ...unsaid,
    ...SAID,
    id: str("n/k"),
    revision: num(3),
    etag: str("e"),
    digest: str("d"),
    size: num(1),
    uri: str("u"),
    expires_at: said["ttl"] === undefined ? nullOf(STRING) : str("2026-01-01T00:00:00.000000Z"),
    created_at: str("c"),
    updated_at: str("t"),
    updated_by: str("ada"),
    expired: bool(false),
    ...said,
  });

/** The names of the attributes that the plan gives another value, for a key that stands as `prior` says. */
function changesOf(prior: Said, said: Said): readonly string[] {
  const state = stateOf(prior);
  const config = obj({ ...unsaid, ...SAID, ...said });
  const computed = (name: string) => NAMESPACE_KV.attributes[name]?.from.includes("computed");
  const proposed = obj(
    new Map(
      [...state.entries].map(([name, was]) => {
        const now = attribute(config, name);
        return [name, now.kind === "null" && computed(name) ? was : now] as const;
      }),
    ),
  );
  const { planned } = plan(NAMESPACE_KV, state, proposed, config);
  return [...planned.entries].flatMap(([name, value]) => (value === attribute(state, name) ? [] : [name])).sort();
}

const STRING_X = { type: str("STRING"), value: str("x") };
const JSON_X = { type: str("JSON"), value: tuple([str("x")]) };
const LASTING = { ...STRING_X, ttl: str("PT24H") };

describe("nothing is planned", () => {
  it.each([
    { when: "the same is said again", prior: STRING_X, said: { value: str("x") } },
    { when: "the type is written that the value has anyway", prior: STRING_X, said: STRING_X },
    { when: "a list stands for a tuple", prior: JSON_X, said: { value: list(STRING, [str("x")]) } },
    {
      when: "a number is spelled otherwise",
      prior: { type: str("NUMBER"), value: num(1) },
      said: { value: num("1.0") },
    },
    { when: "a TTL is as long", prior: LASTING, said: { value: str("x"), ttl: str("P1D") } },
    {
      when: "a duration is as long",
      prior: { type: str("DURATION"), value: str("PT24H") },
      said: { type: str("DURATION"), value: str("P1D") },
    },
    {
      when: "an instant is the same time",
      prior: { type: str("DATETIME"), value: str("2021-09-01T01:02:03Z") },
      said: { type: str("DATETIME"), value: str("2021-09-01T03:02:03+02:00") },
    },
  ])("when $when", ({ prior, said }) => {
    expect(changesOf(prior, said)).toEqual([]);
  });
});

const ALWAYS = ["etag", "revision", "updated_at", "updated_by"];
const OBJECT = ["digest", "size", "uri"];

describe("exactly what will change is planned", () => {
  it.each([
    { when: "the value changes", prior: STRING_X, said: { value: str("y") }, changes: ["value", ...OBJECT] },
    {
      when: "a value with a TTL changes",
      prior: LASTING,
      said: { value: str("y"), ttl: str("P1D") },
      changes: ["value", "expires_at", ...OBJECT],
    },
    {
      when: "the value's type was changed outside",
      prior: { type: str("NUMBER"), value: num(5) },
      said: { value: str("5") },
      changes: ["type", "value", ...OBJECT],
    },
    {
      when: "the type alone was changed outside",
      prior: { type: str("DATE"), value: str("x") },
      said: { value: str("x") },
      changes: ["type", ...OBJECT],
    },
    {
      when: "the TTL changes",
      prior: LASTING,
      said: { value: str("x"), ttl: str("PT1H") },
      changes: ["ttl", "expires_at"],
    },
    {
      when: "a TTL is added",
      prior: STRING_X,
      said: { value: str("x"), ttl: str("PT1H") },
      changes: ["ttl", "expires_at"],
    },
    { when: "the TTL is removed", prior: LASTING, said: { value: str("x") }, changes: ["ttl", "expires_at"] },
    {
      when: "the description changes",
      prior: STRING_X,
      said: { value: str("x"), description: str("d") },
      changes: ["description"],
    },
    {
      when: "the description is removed",
      prior: { ...STRING_X, description: str("d") },
      said: { value: str("x") },
      changes: ["description"],
    },
    {
      when: "the value is not known yet",
      prior: STRING_X,
      said: { value: unknownOf(STRING) },
      changes: ["value", ...OBJECT],
    },
  ])("when $when", ({ prior, said, changes }) => {
    // `expired` is planned as false again, which is what it was.
    expect(changesOf(prior, said).filter((name) => name !== "expired")).toEqual([...ALWAYS, ...changes].sort());
  });
});

it("another namespace or key is another resource", () => {
  const replacing = Object.entries(NAMESPACE_KV.attributes).filter(([, { requiresReplace }]) => requiresReplace);
  expect(replacing.map(([name]) => name)).toEqual(["namespace", "key"]);
});
