/**
 * A Postgres array as text, for `unnest`. Ours, because postgres.js and PGlite each write arrays in their own
 * way, and both first ask the server for its types.
 */
export function arrayLiteral(values: readonly (string | number | boolean | null | undefined)[]): string {
  let text = "{";
  for (const value of values) {
    if (text.length > 1) text += ",";
    text += value === null || value === undefined ? "NULL" : quoted(`${value}`);
  }
  return `${text}}`;
}

const SPECIAL = /["\\]/g;

const quoted = (text: string): string => `"${text.replace(SPECIAL, "\\$&")}"`;
