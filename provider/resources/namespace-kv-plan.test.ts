import { describe, expect, it } from "vitest";
import { bool, nullOf, str } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import { attribute, type ObjectValue } from "../cty/value.ts";
import type { Notes } from "../schema/provider.ts";
import { changed, ENDED, PRIOR } from "./fixture-kv.ts";
import { namespaceKv } from "./namespace-kv.ts";

const NO_END = { ttl: nullOf(STRING), expires_at: nullOf(STRING) };
const UNSAID = changed(NO_END);
const EXPIRED = changed({ expired: bool(true), expires_at: str(ENDED) });
const renewing = changed({ renew_before: str("PT1H") });
const onExpire = (policy: string) => changed({ on_expire: str(policy) });

describe("what is to be written though nobody has changed it", () => {
  const due = (prior: ObjectValue, notes: Notes, config: ObjectValue) => namespaceKv.due?.(prior, notes, config);

  it.each([
    { when: "nothing is noted", prior: PRIOR, notes: {}, config: renewing, names: [] },
    { when: "the TTL runs out", prior: PRIOR, notes: { due: true }, config: renewing, names: ["ttl"] },
    { when: "it runs out and is not renewed any more", prior: PRIOR, notes: { due: true }, config: PRIOR, names: [] },
    { when: "the TTL was taken out", prior: PRIOR, notes: { lifetime: true }, config: UNSAID, names: ["ttl"] },
    { when: "a TTL that others set is not said", prior: PRIOR, notes: {}, config: UNSAID, names: [] },
    { when: "the TTL is still said", prior: PRIOR, notes: { lifetime: true }, config: PRIOR, names: [] },
    { when: "the TTL was taken out and is gone", prior: UNSAID, notes: { lifetime: true }, config: UNSAID, names: [] },
    { when: "the key has expired", prior: EXPIRED, notes: {}, config: PRIOR, names: ["value"] },
    {
      when: "it has, and shall be made anew",
      prior: EXPIRED,
      notes: {},
      config: onExpire("recreate"),
      names: ["value"],
    },
    { when: "it has, and is left alone", prior: EXPIRED, notes: {}, config: onExpire("ignore"), names: [] },
    { when: "it has, which is an error", prior: EXPIRED, notes: {}, config: onExpire("error"), names: [] },
    { when: "all of it", prior: EXPIRED, notes: { due: true }, config: renewing, names: ["ttl", "value"] },
  ])("when $when: $names", ({ prior, notes, config, names }) => expect(due(prior, notes, config)).toEqual(names));
});

describe("what a plan says besides the schema's rules", () => {
  const refine = (prior: ObjectValue | undefined, config: ObjectValue, notes = {}) =>
    namespaceKv.refine?.({ prior, planned: PRIOR, config, notes });

  it("is nothing of a key that is to be created, or is as it was", () => {
    expect(refine(undefined, onExpire("error"), { lifetime: true })).toEqual({});
    expect(refine(PRIOR, onExpire("error"), { lifetime: true })).toEqual({});
    expect(refine(PRIOR, UNSAID)).toEqual({});
    expect(refine(EXPIRED, onExpire("ignore"))).toEqual({});
  });

  it("is an error where an expired key shall be one", () => {
    const [told, ...others] = refine(EXPIRED, onExpire("error"))?.diagnostics ?? [];
    expect(told).toMatchObject({ severity: "error", summary: "Key has expired", path: [{ attribute: "on_expire" }] });
    expect(told?.detail).toContain(`"company.team/a/b" expired at ${ENDED}`);
    expect(others).toEqual([]);
  });

  it("is that a TTL goes which was said here and is not any more", () => {
    const { planned } = refine(PRIOR, UNSAID, { lifetime: true }) ?? {};
    expect(planned && attribute(planned, "ttl")).toEqual(nullOf(STRING));
  });
});

it.each([
  { state: "with a value and a TTL", of: PRIOR, notes: { lifetime: true, imported: true } },
  {
    state: "with a TTL, as an import leaves it",
    of: changed({ expires_at: nullOf(STRING) }),
    notes: { lifetime: true, imported: true },
  },
  { state: "that never ends", of: UNSAID, notes: { imported: true } },
  { state: "that ends at an instant", of: changed({ ttl: nullOf(STRING) }), notes: { lifetime: true, imported: true } },
  {
    state: "without a value",
    of: changed({ ...NO_END, value: nullOf(STRING) }),
    notes: { metadataOnly: true, imported: true },
  },
])("an imported state $state begins with its notes", ({ of, notes }) =>
  expect(namespaceKv.notesOfImport?.(of)).toEqual(notes),
);
