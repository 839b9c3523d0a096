import type { Instant } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";

/** `2026-01-02 03:04:05.678+00`, as the database prints in UTC, to `2026-01-02T03:04:05.678000Z`. */
export function instantFromDatabase(text: string): Instant {
  const end = text.length - "+00".length;
  const space = text.indexOf(" ");
  const time = `${text.slice(0, space)}T${text.slice(space + 1, end)}`;
  const point = time.indexOf(".");
  if (point < 0) return `${time}.000000Z`;
  return `${time.padEnd(point + 7, "0")}Z`;
}

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * Any RFC 3339 instant in UTC with six digits of fraction. Postgres itself would refuse some that are valid, such
 * as the year 0000 and offsets beyond 15:59. Years below 100 become others that are past just the same.
 * Fails with `invalid`, and the given field.
 */
export function instantToDatabase(text: string, field: string): Instant {
  const parts = RFC_3339.exec(text);
  if (!parts) throw new Failure({ kind: "invalid", field, reason: "An instant is written as RFC 3339 says." });
  const [, year, month, day, hour, minute, second, fraction = "", sign, offsetHours = "0", offsetMinutes = "0"] = parts;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === "-" ? -1 : 1);
  const at = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute) - offset,
    Number(second),
  );
  return `${new Date(at).toISOString().slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, "0")}Z`;
}
