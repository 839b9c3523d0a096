import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { num, obj, str } from "../cty/make.ts";
import type { Value } from "../cty/value.ts";
import { isoOfNanoseconds, nanosecondsOf } from "../resources/duration.ts";
import { ArgumentError, type ProviderFunction } from "../schema/function.ts";
import { canonicalJsonFunction } from "./canonical-json.ts";
import { durationIso } from "./duration-iso.ts";
import { durationSeconds } from "./duration-seconds.ts";
import { kvId } from "./kv-id.ts";
import { parseId } from "./parse-id.ts";

interface Row {
  readonly says: string;
  readonly of: ProviderFunction;
  readonly args: readonly Value[];
  readonly result: Value;
}

const ROWS: readonly Row[] = [
  {
    says: 'parse_id("a.b/c/d")',
    of: parseId,
    args: [str("a.b/c/d")],
    result: obj({ namespace: str("a.b"), key: str("c/d") }),
  },
  { says: 'kv_id("a.b", "c/d")', of: kvId, args: [str("a.b"), str("c/d")], result: str("a.b/c/d") },
  {
    says: "canonical_json sorts names and keeps digits",
    of: canonicalJsonFunction,
    args: [str(' {"b": 12345678901234567890.10, "a": [1e2]} ')],
    result: str('{"a":[100],"b":12345678901234567890.1}'),
  },
  { says: 'duration_seconds("P1DT0.25S")', of: durationSeconds, args: [str("P1DT0.25S")], result: num("86400.25") },
  { says: 'duration_seconds("-PT1M")', of: durationSeconds, args: [str("-PT1M")], result: num(-60) },
  { says: "duration_iso(93784.5)", of: durationIso, args: [num("93784.5")], result: str("PT26H3M4.5S") },
  { says: "duration_iso(-0.5)", of: durationIso, args: [num("-0.5")], result: str("PT-0.5S") },
  { says: "duration_iso(-61.5)", of: durationIso, args: [num("-61.5")], result: str("PT-1M-1.5S") },
  { says: "duration_iso(0)", of: durationIso, args: [num(0)], result: str("PT0S") },
  { says: "duration_iso(1e15)", of: durationIso, args: [num("1e15")], result: str("PT277777777777H46M40S") },
];

it.each(ROWS)("$says", ({ of, args, result }) => {
  expect(of.call(args)).toEqual(result);
});

describe("a wrong argument is named, and its value is not", () => {
  it.each([
    { says: "parse_id without a slash", of: parseId, args: [str("s3cr3t")], argument: 0 },
    { says: "kv_id of a wrong namespace", of: kvId, args: [str("a..s3cr3t"), str("k")], argument: 0 },
    { says: "kv_id of an empty key", of: kvId, args: [str("a"), str("")], argument: 1 },
    { says: "canonical_json of no JSON", of: canonicalJsonFunction, args: [str("{s3cr3t")], argument: 0 },
    { says: "duration_seconds of a month", of: durationSeconds, args: [str("P1M")], argument: 0 },
    { says: "duration_iso of a tenth of a nanosecond", of: durationIso, args: [num("1e-10")], argument: 0 },
    { says: "duration_iso beyond a duration", of: durationIso, args: [num("1e19")], argument: 0 },
    { says: "duration_iso far beyond it", of: durationIso, args: [num("1e9999")], argument: 0 },
  ])("$says", ({ of, args, argument }) => {
    const failure = failureOf(() => of.call(args));
    expect(failure).toBeInstanceOf(ArgumentError);
    expect(failure).toMatchObject({ argument });
    expect(`${failure}`).not.toContain("s3cr3t");
  });
});

function failureOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (failure) {
    return failure;
  }
}

it("what duration_iso spells, duration_seconds reads", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), (nanos) => {
      expect(nanosecondsOf(isoOfNanoseconds(nanos) ?? "")).toBe(nanos);
    }),
  );
});
