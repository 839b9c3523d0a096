import type { DurationText } from "./entry.ts";

/** Java's `Duration.parse`: days and below, each part with its own sign; years, months and weeks have no fixed length. */
const DURATION =
  /^(?<sign>[-+]?)P(?:(?<days>[-+]?\d+)D)?(?<time>T(?:(?<hours>[-+]?\d+)H)?(?:(?<minutes>[-+]?\d+)M)?(?:(?<seconds>[-+]?\d+)(?:[.,](?<fraction>\d{0,9}))?S)?)?$/;

const NANOS = 1_000_000_000n;
/** Java keeps whole seconds in a signed 64-bit number. */
const SECONDS_MAX = 2n ** 63n - 1n;

/** The length in nanoseconds of an ISO-8601 duration of days and below, or undefined when the text is none. */
export function parseDuration(text: string): bigint | undefined {
  const parts = DURATION.exec(text)?.groups;
  if (!parts || text.endsWith("T") || text.endsWith("P")) return undefined;
  const whole =
    BigInt(parts["days"] ?? 0) * 86_400n +
    BigInt(parts["hours"] ?? 0) * 3_600n +
    BigInt(parts["minutes"] ?? 0) * 60n +
    BigInt(parts["seconds"] ?? 0);
  const fraction = BigInt((parts["fraction"] ?? "").padEnd(9, "0"));
  const nanos = whole * NANOS + (parts["seconds"]?.startsWith("-") ? -fraction : fraction);
  const seconds = nanos / NANOS;
  if (seconds > SECONDS_MAX || seconds < -SECONDS_MAX) return undefined;
  return parts["sign"] === "-" ? -nanos : nanos;
}

/** The canonical form, as Java's `Duration.toString` prints it: `P3DT3H2M1S` is `PT75H2M1S`. */
export function formatDuration(nanos: bigint): DurationText {
  if (nanos === 0n) return "PT0S";
  const total = nanos / NANOS;
  const [hours, minutes, seconds] = [total / 3_600n, (total % 3_600n) / 60n, total % 60n];
  const rest = nanos % NANOS;
  const fraction = `${rest < 0n ? -rest : rest}`.padStart(9, "0").replace(/0+$/, "");
  let text = "PT";
  if (hours !== 0n) text += `${hours}H`;
  if (minutes !== 0n) text += `${minutes}M`;
  if (seconds === 0n && rest === 0n) return text;
  text += seconds === 0n && rest < 0n ? "-0" : `${seconds}`;
  return `${text}${fraction && `.${fraction}`}S`;
}
