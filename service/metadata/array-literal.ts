/**
 * A Postgres array as text, for `unnest`. Ours, because postgres.js and PGlite each write arrays in their own
 * way, and both first ask the server for its types.
 */
export function arrayLiteral(values: readonly (string | number | boolean | null | undefined)[]): string {
  let text = "{";
  // Neighbours are mostly alike: the namespace, the object, who it was.
  let [last, written]: [unknown, string] = [null, "NULL"];
  for (const value of values) {
    if (value !== last) [last, written] = [value, writtenAs(value)];
    text += text.length > 1 ? `,${written}` : written;
  }
  return `${text}}`;
}

const SPECIAL = /["\\]/;
const EACH_SPECIAL = /["\\]/g;

function writtenAs(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value !== "string") return `${value}`;
  return `"${SPECIAL.test(value) ? value.replace(EACH_SPECIAL, "\\$&") : value}"`;
}
