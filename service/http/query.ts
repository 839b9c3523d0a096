import type { Context } from "hono";
import { Failure } from "../domain/fault.ts";

/** What a query string says. All fail with `malformed`, naming the parameter. */

const malformed = (field: string, reason: string) => new Failure({ kind: "malformed", field, reason });

/** Of a parameter's name in an error: what nobody knows can be long. */
const NAME_LENGTH_MAX = 100;

/** Escapes that are no UTF-8 would stand for themselves, and `?key=%ff` be the key of these three characters. */
export function refuseUnreadable(c: Context): void {
  const [, query = ""] = /[?]([^#]*%[^#]*)/.exec(c.req.url) ?? [];
  for (const parameter of query.split("&")) {
    try {
      decodeURIComponent(parameter);
    } catch {
      const [name = ""] = parameter.split("=");
      throw malformed(name.slice(0, NAME_LENGTH_MAX), "It is no percent-encoded UTF-8.");
    }
  }
}

/** What may be said more than once: a list shows any of several types and all of several labels, and Kestra's filters know. */
const MAY_REPEAT = /^(type|label|filters.*)$/s;

/** Of two TTLs one would be passed over, and nobody would know which. A value has one type, so there it is no exception. */
export function refuseRepeated(c: Context): void {
  if (!c.req.url.includes("?")) return;
  for (const [name, { length }] of Object.entries(c.req.queries()))
    if (length > 1 && (c.req.method === "PUT" || !MAY_REPEAT.test(name)))
      throw malformed(name.slice(0, NAME_LENGTH_MAX), `It is named ${length} times; name it once.`);
}

/** A misspelt parameter would be a filter that never applies, or a TTL that never comes; so every one must be known. */
export function refuseUnknown(c: Context, who: string, known: readonly string[], isKnown = (_: string) => false): void {
  for (const name of Object.keys(c.req.queries()))
    if (!known.includes(name) && !isKnown(name))
      throw malformed(name.slice(0, NAME_LENGTH_MAX), `${who} takes the parameters ${known.join(", ")}.`);
}

/** What is deleted by mistake does not come back, so a misspelt `true` is no `false`. */
export function flagOf(c: Context, name: string, unsaid = false): boolean {
  const text = c.req.query(name) ?? `${unsaid}`;
  if (text !== "true" && text !== "false") throw malformed(name, "It is true or false.");
  return text === "true";
}

export function numberOf(c: Context, name: string, unsaid: number, max: number): number {
  const text = c.req.query(name);
  const number = text === undefined ? unsaid : /^\d{1,16}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > max) throw malformed(name, `It is a whole number from 1 to ${max}.`);
  return number;
}
