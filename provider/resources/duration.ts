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

/** The spelling of Java's `Duration.toString`, which the service uses: `PT26H1M`, `PT-0.5S`, `PT0S`. Undefined beyond what
 *  a duration can hold. */
export function isoOfNanoseconds(nanos: bigint): string | undefined {
  const seconds = nanos / NANOS_PER_SECOND; // towards zero, so that each part has the sign of the whole
  if (seconds > SECONDS_MAX || seconds < -SECONDS_MAX) return undefined;
  const fraction = `${nanos % NANOS_PER_SECOND}`.replace("-", "").padStart(9, "0").replace(/0+$/, "");
  const parts = [
    { count: seconds / 3_600n, unit: "H" },
    { count: (seconds / 60n) % 60n, unit: "M" },
  ].filter(({ count }) => count !== 0n);
  const rest = seconds % 60n;
  const whole = parts.map(({ count, unit }) => `${count}${unit}`).join("");
  if (rest === 0n && fraction === "") return whole === "" ? "PT0S" : `PT${whole}`;
  const sign = rest === 0n && nanos < 0n ? "-" : "";
  return `PT${whole}${sign}${rest}${fraction === "" ? "" : `.${fraction}`}S`;
}
