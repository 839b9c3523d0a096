import type { Entry } from "../domain/entry.ts";

/**
 * A date counts whole seconds, and a key can change twice in one. So whatever was written in a second counts as modified at
 * its end: a copy of that date or a later one was taken when nothing more could happen before it. That makes of a date
 * a validator as good as the clock (RFC 9110, 8.8.2.2; decision 35).
 */

const SECOND_MS = 1_000;
/** By how much the clock of the service may run before that of its database, which writes are dated by. */
const CLOCKS_APART_MS = 60_000;

const writtenIn = ({ updatedAt }: Pick<Entry, "updatedAt">): number =>
  Math.floor(Date.parse(updatedAt) / SECOND_MS) * SECOND_MS;

/** Whether it may have changed since. */
export const isModifiedSince = (entry: Pick<Entry, "updatedAt">, date: number): boolean =>
  writtenIn(entry) + SECOND_MS > date;

/**
 * What `Last-Modified` says at `now`, and until when. As long as another write may get the same date, it is the begin of the
 * second: no reader is taken to have what is there by that. It is never later than now (RFC 9110, 8.8.2.1).
 */
export function lastModifiedOf(
  entry: Pick<Entry, "updatedAt">,
  now: number,
): { readonly text: string; readonly until: number } {
  const begin = writtenIn(entry);
  const settlesAt = begin + SECOND_MS + CLOCKS_APART_MS;
  return now < settlesAt
    ? { text: new Date(Math.min(begin, now)).toUTCString(), until: settlesAt }
    : { text: new Date(begin + SECOND_MS).toUTCString(), until: Number.POSITIVE_INFINITY };
}

/** As everybody sends it, and in the two obsolete forms (RFC 9110, 5.6.7). */
const DATES = [
  /^[A-Z][a-z]{2}, (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) GMT$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/,
];

/** The date of a header; undefined when there is none that can be read: such a condition is ignored. */
export function dateOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  for (const form of DATES) {
    const { day, month, year, time } = form.exec(header.trim())?.groups ?? {};
    const date = day === undefined ? Number.NaN : Date.parse(`${day} ${month} ${year} ${time} GMT`);
    if (!Number.isNaN(date)) return date;
  }
  return undefined;
}
