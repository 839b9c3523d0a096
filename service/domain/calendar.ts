/** ISO-8601 dates and times as values of a key: proleptic Gregorian, years 0000 to 9999. */

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const DATETIME = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:Z|([+-])(\d\d):(\d\d))$/;
/** Hours that an offset from UTC may have, as in Java. */
const OFFSET_HOURS_MAX = 18;

/** Whether the text is a day that exists: `2021-02-29` does not. */
export function isDate(text: string): boolean {
  const parts = DATE.exec(text);
  if (!parts) return false;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  const date = midnight(year, month, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/**
 * An instant in its canonical form: UTC, seconds always there, no trailing zeros in the fraction, whose
 * digits are kept however many they are. Undefined when the text is none; a leap second is none, as in Java.
 */
export function canonicalDatetime(text: string): string | undefined {
  const parts = DATETIME.exec(text);
  if (!parts || !isDate(parts[1] ?? "")) return undefined;
  const [hour, minute, second, offsetHours, offsetMinutes] = [2, 3, 4, 7, 8].map((at) => Number(parts[at] ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = offsetHours * 60 + offsetMinutes;
  if (offsetMinutes > 59 || offset > OFFSET_HOURS_MAX * 60) return undefined;
  const [year, month, day] = (parts[1] ?? "").split("-").map(Number) as [number, number, number];
  const instant = midnight(year, month, day);
  instant.setUTCHours(hour, minute - (parts[6] === "-" ? -offset : offset), second);
  const whole = instant.toISOString();
  if (whole.length !== "2021-09-01T01:02:03.000Z".length) return undefined; // the offset led out of the years 0000 to 9999
  const fraction = (parts[5] ?? "").replace(/0+$/, "");
  return `${whole.slice(0, 19)}${fraction && `.${fraction}`}Z`;
}

/** `Date.UTC` takes the years 0 to 99 for 1900 to 1999; the setter does not. */
function midnight(year: number, month: number, day: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date;
}
