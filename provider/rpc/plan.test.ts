import { describe, expect, it } from "vitest";
import { bool, nullOf, num, obj, str, tuple, unknownOf } from "../cty/make.ts";
import { BOOL, DYNAMIC, NUMBER, STRING } from "../cty/type.ts";
import { attribute, type ObjectValue, type Value } from "../cty/value.ts";
import type { Attribute, Schema } from "../schema/schema.ts";
import { asPlanned, inPriorSpelling, plan } from "./plan.ts";

/** Texts that differ in case alone are the same. */
const LOOSE: Attribute = {
  type: STRING,
  from: "optional",
  description: "",
  same: (a, b) => a.kind === "string" && b.kind === "string" && a.value.toLowerCase() === b.value.toLowerCase(),
};

const SCHEMA: Schema = {
  version: 0,
  description: "One attribute for each rule.",
  attributes: {
    place: { type: STRING, from: "required", requiresReplace: true, description: "" },
    kind: {
      type: STRING,
      from: "optional or computed",
      description: "",
      derive: (within) => {
        const value = attribute(within, "value");
        return value.kind === "unknown" || value.kind === "null" ? undefined : str(value.kind);
      },
    },
    value: { type: DYNAMIC, from: "optional", description: "" },
    loose: LOOSE,
    secret: { type: STRING, from: "optional", writeOnly: true, description: "" },
    chosen: { type: NUMBER, from: "optional or computed", changesWith: ["value"], description: "" },
    born: { type: STRING, from: "computed", description: "" },
    revision: { type: NUMBER, from: "computed", changesWith: "anything", description: "" },
    digest: { type: STRING, from: "computed", changesWith: ["value"], description: "" },
    expired: { type: BOOL, from: "computed", changesWith: ["value"], becomes: bool(false), description: "" },
    until: {
      type: STRING,
      from: "computed",
      changesWith: (changed, prior) => changed.includes("value") && attribute(prior, "until").kind !== "null",
      description: "",
    },
  },
};

const PRIOR = obj({
  place: str("here"),
  kind: str("number"),
  value: num(1),
  loose: str("Loose"),
  secret: nullOf(STRING),
  chosen: num(7),
  born: str("once"),
  revision: num(3),
  digest: str("abc"),
  expired: bool(true),
  until: str("later"),
});

const NOTHING_SAID: Readonly<Record<string, Value>> = Object.fromEntries(
  Object.entries(SCHEMA.attributes).map(([name, { type }]) => [name, nullOf(type)]),
);

/** What Terraform proposes: the configuration, and prior values of computed attributes that it does not say. */
function planFor(said: Readonly<Record<string, Value>>, prior?: ObjectValue) {
  const config = obj({ ...NOTHING_SAID, place: str("here"), ...said });
  const proposed = obj(
    new Map(
      [...config.entries].map(([name, value]) => {
        const computed = SCHEMA.attributes[name]?.from.includes("computed");
        return [name, prior && computed && value.kind === "null" ? attribute(prior, name) : value];
      }),
    ),
  );
  const { planned, replacedBy } = plan(SCHEMA, prior, proposed, config);
  return { planned: (name: string) => attribute(planned, name), whole: planned, replacedBy };
}

const UNSAID_UPDATE = { value: num(1), loose: str("Loose") };

describe("to create", () => {
  const { planned, replacedBy } = planFor({ value: num(1), secret: str("hidden") });

  it.each([
    { name: "place", is: str("here"), why: "the configuration says it" },
    { name: "kind", is: str("number"), why: "it follows from the value" },
    { name: "secret", is: nullOf(STRING), why: "it is write-only" },
    { name: "chosen", is: unknownOf(NUMBER), why: "the provider will choose it" },
    { name: "born", is: unknownOf(STRING), why: "the provider will say it" },
    { name: "expired", is: bool(false), why: "that is what it becomes" },
    { name: "loose", is: nullOf(STRING), why: "nobody says it" },
  ])("$name is as it is because $why", ({ name, is }) => {
    expect(planned(name)).toEqual(is);
  });

  it("nothing is replaced", () => {
    expect(replacedBy).toEqual([]);
  });

  it("what follows from an unknown value is unknown", () => {
    expect(planFor({ value: unknownOf(DYNAMIC) }).planned("kind")).toEqual(unknownOf(STRING));
  });

  it("a computed attribute that the configuration says is not unknown", () => {
    expect(planFor({ value: num(1), chosen: num(9) }).planned("chosen")).toEqual(num(9));
  });
});

describe("to update", () => {
  it("changes nothing at all when the configuration means what is there", () => {
    const { whole, replacedBy } = planFor({ value: num("1.0"), loose: str("LOOSE"), secret: str("hidden") }, PRIOR);
    expect(whole).toEqual(PRIOR);
    expect(replacedBy).toEqual([]);
  });

  it.each([
    { name: "value", is: num(2) },
    { name: "born", is: str("once") },
    { name: "kind", is: str("number") },
    { name: "chosen", is: unknownOf(NUMBER) },
    { name: "revision", is: unknownOf(NUMBER) },
    { name: "digest", is: unknownOf(STRING) },
    { name: "until", is: unknownOf(STRING) },
    { name: "expired", is: bool(false) },
  ])("with another value, $name is planned by its own rule", ({ name, is }) => {
    expect(planFor({ ...UNSAID_UPDATE, value: num(2) }, PRIOR).planned(name)).toEqual(is);
  });

  it.each([
    { name: "revision", is: unknownOf(NUMBER) },
    { name: "digest", is: str("abc") },
    { name: "chosen", is: num(7) },
    { name: "until", is: str("later") },
    { name: "expired", is: bool(true) },
  ])("with another text beside the value, $name is planned by its own rule", ({ name, is }) => {
    expect(planFor({ ...UNSAID_UPDATE, loose: str("other") }, PRIOR).planned(name)).toEqual(is);
  });

  it("what the configuration no longer says is cleared, and that is a change", () => {
    const { planned } = planFor({ value: num(1) }, PRIOR);
    expect(planned("loose")).toEqual(nullOf(STRING));
    expect(planned("revision")).toEqual(unknownOf(NUMBER));
  });

  it("a rule sees the prior state", () => {
    const immortal = obj(new Map([...PRIOR.entries, ["until", nullOf(STRING)]]));
    expect(planFor({ ...UNSAID_UPDATE, value: num(2) }, immortal).planned("until")).toEqual(nullOf(STRING));
  });

  it("a value that is partly unknown is a change, and stays partly unknown", () => {
    const partly = tuple([num(1), unknownOf(STRING)]);
    const prior = obj(new Map([...PRIOR.entries, ["value", tuple([num(1), str("a")])]]));
    const { planned } = planFor({ ...UNSAID_UPDATE, value: partly }, prior);
    expect(planned("value")).toEqual(partly);
    expect(planned("digest")).toEqual(unknownOf(STRING));
  });

  it("an unknown text is never taken for the prior one", () => {
    const trusting = { ...SCHEMA, attributes: { ...SCHEMA.attributes, loose: { ...LOOSE, same: () => true } } };
    const proposed = obj(new Map([...PRIOR.entries, ["loose", unknownOf(STRING)]]));
    const { planned } = plan(trusting, PRIOR, proposed, proposed);
    expect(attribute(planned, "loose")).toEqual(unknownOf(STRING));
  });

  it("another place needs another resource", () => {
    expect(planFor({ ...UNSAID_UPDATE, place: str("there") }, PRIOR).replacedBy).toEqual(["place"]);
  });

  it("a drift of what follows from the value is repaired", () => {
    const drifted = obj(new Map([...PRIOR.entries, ["kind", str("string")]]));
    const { planned } = planFor(UNSAID_UPDATE, drifted);
    expect(planned("kind")).toEqual(str("number"));
    expect(planned("revision")).toEqual(unknownOf(NUMBER));
  });
});

it("what was read back keeps the prior spelling where it means the same", () => {
  const read = obj(new Map([...PRIOR.entries, ["loose", str("lOOSE")], ["value", num(2)]]));
  const kept = inPriorSpelling(SCHEMA, PRIOR, read);
  expect(attribute(kept, "loose")).toEqual(str("Loose"));
  expect(attribute(kept, "value")).toEqual(num(2));
});

it("what was applied is as it was planned, and the rest as it was made", () => {
  const { whole } = planFor({ value: num(2), loose: str("Planned") });
  const made = obj(new Map([...PRIOR.entries, ["loose", str("planned")]]));
  const state = asPlanned(whole, made);
  expect(attribute(state, "loose")).toEqual(str("Planned"));
  expect(attribute(state, "revision")).toEqual(num(3));
});
