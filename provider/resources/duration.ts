/** ISO 8601 as Java's `Duration.parse` reads it, and so the service: days and below, each part with its own sign. */
const DURATION =
  /^([-+]?)P(?=[-+\dT])(?:([-+]?\d+)D)?(?:T(?=[-+\d])(?:([-+]?\d+)H)?(?:([-+]?\d+)M)?(?:([-+]?)(\d+)(?:[.,](\d{0,9}))?S)?)?$/;

const NANOS_PER_SECOND = 1_000_000_000n;
/** Java keeps whole seconds in a signed 64-bit number. */
const SECONDS_MAX = 2n ** 63n - 1n;

/** The length in nanoseconds, or undefined when the text is no duration. */
export function nanosecondsOf(text: string): bigint | undefined {
  const parts = DURATION.exec(text);
  if (!parts) return undefined;
  const [, sign, days = "0", hours = "0", minutes = "0", secondsSign, seconds = "0", fraction = ""] = parts;
  const small = BigInt(seconds) * NANOS_PER_SECOND + BigInt(fraction.padEnd(9, "0"));
  const whole = BigInt(days) * 86_400n + BigInt(hours) * 3_600n + BigInt(minutes) * 60n;
  const nanos = whole * NANOS_PER_SECOND + (secondsSign === "-" ? -small : small);
  const size = (nanos < 0n ? -nanos : nanos) / NANOS_PER_SECOND;
  if (size > SECONDS_MAX) return undefined;
  return sign === "-" ? -nanos : nanos;
}

/** Whether two durations are equally long. Texts that are none are compared as texts. */
export function sameLength(a: string, b: string): boolean {
  const length = nanosecondsOf(a);
  return length === undefined ? a === b : length === nanosecondsOf(b);
}
