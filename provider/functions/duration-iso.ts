import { str } from "../cty/make.ts";
import type { Num } from "../cty/number.ts";
import { NUMBER, STRING } from "../cty/type.ts";
import { isoOfNanoseconds } from "../resources/duration.ts";
import { ArgumentError, type ProviderFunction } from "../schema/function.ts";

const NANO_DIGITS = 9;
/** More digits than any number of seconds that a duration can hold. */
const EXPONENT_MAX = 30;

export const durationIso: ProviderFunction = {
  summary: "The ISO 8601 duration of so many seconds",
  description: "Spells it as the service does: hours, minutes and seconds, `PT26H` and not `P1DT2H`.",
  parameters: [{ name: "seconds", type: NUMBER, description: "Up to nine digits after the point." }],
  returns: STRING,
  call([seconds]) {
    const nanos = seconds?.kind === "number" ? nanosecondsFrom(seconds.value) : undefined;
    const text = nanos === undefined ? undefined : isoOfNanoseconds(nanos);
    if (text === undefined)
      throw new ArgumentError(0, "A duration is less than 2^63 seconds, with at most nine digits after the point.");
    return str(text);
  },
};

/** Undefined for what is no whole number of nanoseconds, and beyond all durations. */
function nanosecondsFrom({ coefficient, exponent }: Num): bigint | undefined {
  const power = exponent + NANO_DIGITS;
  return power >= 0 && power <= EXPONENT_MAX ? coefficient * 10n ** BigInt(power) : undefined;
}
