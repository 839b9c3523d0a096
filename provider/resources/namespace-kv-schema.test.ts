import { describe, expect, it } from "vitest";
import { bool, list, map, nullOf, num, obj, str, tuple, unknownOf } from "../cty/make.ts";
import { DYNAMIC, STRING } from "../cty/type.ts";
import { attribute, isNull, type Value } from "../cty/value.ts";
import { plan } from "../rpc/plan.ts";
import { NAMESPACE_KV } from "./namespace-kv-schema.ts";

const END = str("2035-01-31T12:00:00.000000Z");

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
    expires_at: said["ttl"] === undefined ? nullOf(STRING) : END,
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
  const isAsBefore = (name: string, value: Value) =>
    value === attribute(state, name) || (isNull(value) && isNull(attribute(state, name)));
  return [...planned.entries].flatMap(([name, value]) => (isAsBefore(name, value) ? [] : [name])).sort();
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
    {
      when: "JSON is spelled otherwise",
      prior: { type: str("JSON"), value_json: str('{"a": 1.0, "b": [1e2]}') },
      said: { value_json: str('{"b":[100],"a":1}') },
    },
    {
      when: "a duration in JSON is as long",
      prior: { type: str("DURATION"), value_json: str('"PT24H"') },
      said: { type: str("DURATION"), value_json: str('"P1D"') },
    },
    {
      when: "a write-only value is another one of the same version",
      prior: { type: str("STRING"), value_wo_version: num(1) },
      said: { value_wo: str("y"), value_wo_version: num("1.0") },
    },
    {
      when: "an end is the same instant",
      prior: { ...STRING_X, expires_at: END },
      said: { value: str("x"), expires_at: str("2035-01-31T14:00:00+02:00") },
    },
    { when: "the namespace's default ends it", prior: { ...STRING_X, expires_at: END }, said: { value: str("x") } },
    {
      when: "a key's metadata alone is managed, whatever its value and TTL",
      prior: { type: str("STRING"), ttl: str("P1D"), description: str("d") },
      said: { description: str("d") },
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
      when: "JSON changes in its last digit",
      prior: { type: str("NUMBER"), value_json: str("0.10000000000000000000000000000000000001") },
      said: { value_json: str("0.10000000000000000000000000000000000002") },
      changes: ["value_json", ...OBJECT],
    },
    {
      when: "JSON takes the place of a value",
      prior: STRING_X,
      said: { value_json: str('"x"') },
      changes: ["value", "value_json", ...OBJECT],
    },
    {
      when: "the version of a write-only value changes",
      prior: { type: str("STRING"), value_wo_version: num(1) },
      said: { value_wo: num(5), value_wo_version: num(2) },
      changes: ["type", "value_wo_version", ...OBJECT],
    },
    {
      when: "nobody knows yet of which type a write-only value is",
      prior: { type: str("STRING"), value_wo_version: num(1) },
      said: { value_wo: unknownOf(DYNAMIC), value_wo_version: num(2) },
      changes: ["type", "value_wo_version", ...OBJECT],
    },
    {
      when: "an end takes the place of a TTL",
      prior: LASTING,
      said: { value: str("x"), expires_at: str("2036-01-31T12:00:00Z") },
      changes: ["ttl", "expires_at"],
    },
    {
      when: "an expired key gets another description",
      prior: { ...LASTING, expired: bool(true) },
      said: { value: str("x"), ttl: str("P1D"), description: str("d") },
      changes: ["description", "expires_at"],
    },
    {
      when: "labels and mark change",
      prior: { ...STRING_X, secret: bool(true) },
      said: { value: str("x"), labels: map(STRING, { a: str("b") }) },
      changes: ["labels", "secret"],
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

it("what is Terraform's own business changes nothing else", () => {
  const local = {
    renew_before: str("PT1H"),
    on_expire: str("error"),
    adopt_existing: bool(true),
    deletion_policy: str("abandon"),
  };
  const names = Object.keys(local).sort();
  const said = { value: str("x"), ttl: str("P1D"), ...local };
  expect(changesOf(LASTING, said)).toEqual(names);
  expect(changesOf({ ...LASTING, expired: bool(true) }, said).filter((name) => name !== "expired")).toEqual(names);
});

it("another namespace or key is another resource", () => {
  const replacing = Object.entries(NAMESPACE_KV.attributes).filter(([, { requiresReplace }]) => requiresReplace);
  expect(replacing.map(([name]) => name)).toEqual(["namespace", "key"]);
});
