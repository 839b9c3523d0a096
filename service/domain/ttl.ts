import { TTL_SECONDS_MAX } from "../../api/limits.ts";
import { canonicalDatetime } from "./calendar.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import type { DurationText } from "./entry.ts";
import { Failure } from "./fault.ts";

const NANOS_MAX = BigInt(TTL_SECONDS_MAX) * 1_000_000_000n;
/** The database's clock counts microseconds; a shorter TTL would be none. */
const NANOS_MIN = 1_000n;

/** A time to live in its canonical form. Fails with `invalid`, naming the field. */
export function parseTtl(text: string, field = "ttl"): DurationText {
  const refuse = (reason: string) => new Failure({ kind: "invalid", field, reason });
  const nanos = parseDuration(text);
  if (nanos === undefined)
    throw refuse("A TTL is an ISO-8601 duration of days, hours, minutes and seconds, such as P1D, PT1H30M or PT90S.");
  if (nanos < NANOS_MIN) throw refuse("A TTL must be longer than nothing. Leave it out for a key that never expires.");
  if (nanos > NANOS_MAX)
    throw refuse("A TTL is at most 100 years (P36525D). Leave it out for a key that never expires.");
  return formatDuration(nanos);
}

/** An instant, checked as a text; whether it is past is decided by the database's clock. Fails with `invalid`, naming the field. */
export function parseExpiresAt(text: string, field = "expiresAt"): string {
  const canonical = canonicalDatetime(text);
  if (canonical === undefined)
    throw new Failure({
      kind: "invalid",
      field,
      reason: "It must be an instant with its offset, such as 2030-01-31T12:00:00Z.",
    });
  return canonical;
}
