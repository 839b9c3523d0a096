/** Days and instants of ISO 8601 as the service takes them: proleptic Gregorian, years 0000 to 9999. */

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const INSTANT = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:Z|([+-])(\d\d):(\d\d))$/;
/** As far as an offset may lie from UTC, in minutes. */
const OFFSET_MINUTES_MAX = 18 * 60;
const YEAR_9999_ENDS = Date.UTC(10_000, 0, 1);

/** Milliseconds since 1970 at the day's start in UTC, or undefined for what is no day, such as 2021-02-29. */
function startOf(day: string): number | undefined {
  const parts = DAY.exec(day);
  if (!parts) return undefined;
  const [year, month, date] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const start = new Date(0);
  start.setUTCFullYear(year, month - 1, date); // the setter takes the years 0 to 99 as they are; Date.UTC does not
  return start.getUTCMonth() === month - 1 && start.getUTCDate() === date ? start.getTime() : undefined;
}

export const isDay = (text: string): boolean => startOf(text) !== undefined;

/** Text that two spellings of one instant share, with all digits of the fraction, or undefined when it is no instant.
 *  A leap second is none, as in Java. */
export function instantKey(text: string): string | undefined {
  const parts = INSTANT.exec(text);
  const start = startOf(parts?.[1] ?? "");
  if (!parts || start === undefined) return undefined;
  const [hour, minute, second, offsetHour, offsetMinute] = [2, 3, 4, 7, 8].map((at) => Number(parts[at] ?? 0));
  if (!(below(hour, 24) && below(minute, 60) && below(second, 60) && below(offsetMinute, 60))) return undefined;
  const offset = Number(offsetHour) * 60 + Number(offsetMinute);
  if (offset > OFFSET_MINUTES_MAX) return undefined;
  const minutes = Number(hour) * 60 + Number(minute) - (parts[6] === "-" ? -offset : offset);
  const at = start + (minutes * 60 + Number(second)) * 1_000;
  if (at < Number(startOf("0000-01-01")) || at >= YEAR_9999_ENDS) return undefined;
  return `${at / 1_000}.${withoutTrailingZeros(parts[5] ?? "")}`;
}

const below = (number: number | undefined, end: number): boolean => number !== undefined && number < end;

/** A loop and no regular expression, which would take quadratic time on zeros that a digit follows. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === "0") end--;
  return digits.slice(0, end);
}

/** Whether two texts are the same instant. Texts that are none are compared as texts. */
export function sameInstant(a: string, b: string): boolean {
  const key = instantKey(a);
  return key === undefined ? a === b : key === instantKey(b);
}
