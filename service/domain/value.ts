import { VALUE_HEAD_BYTES } from "../../api/limits.ts";
import { canonicalDatetime, isDate } from "./calendar.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { Failure } from "./fault.ts";
import { checkedJson, JsonChecker } from "./json-check.ts";
import { escapedText, jsonText, textOf, trimmed } from "./json-text.ts";
import type { Bytes } from "./stores.ts";
import type { Type } from "./type.ts";

/** A value on its way into an object: its JSON text, and what it is. */
export interface Value {
  readonly type: Type;
  readonly bytes: Bytes;
  /** Whether the bytes are the body's own, so that their number is known when the body's is. */
  readonly asSent: boolean;
}

export interface Reading {
  /** The type that the caller named; undefined lets the body say it. */
  readonly type: Type | undefined;
  /** Whether `"…"` with an inside that is not escaped as JSON demands is taken as its inside: Kestra's provider sends that. */
  readonly unescapedQuotes: boolean;
}

/**
 * Settles what a body is by the rules of the API: with a type named the body must fit it, else valid JSON
 * says its type, bare dates and durations are recognised, and anything else is a STRING, whole. A body that fits
 * into VALUE_HEAD_BYTES is settled in memory; a longer one flows and can only be a STRING or JSON.
 * Fails with `invalid_value`, for a flowing body while its bytes are read.
 */
export async function readValue(body: Bytes, reading: Reading): Promise<Value> {
  if (body instanceof Uint8Array)
    return body.length <= VALUE_HEAD_BYTES ? settle(body, reading) : flow(body, once(body), reading);
  const chunks: Uint8Array[] = [];
  let length = 0;
  const rest = body[Symbol.asyncIterator]();
  while (length <= VALUE_HEAD_BYTES) {
    const next = await rest.next();
    if (next.done) return settle(Buffer.concat(chunks), reading);
    chunks.push(Buffer.from(next.value)); // it may be lent
    length += next.value.length;
  }
  const head = Buffer.concat(chunks);
  return flow(head, resumed(head, rest), reading);
}

/** Decides about a whole body. Pure. */
export function settle(body: Uint8Array, { type, unescapedQuotes }: Reading): Value {
  const quoted = firstByte(body) === '"';
  const inner =
    quoted && (type === undefined || type === "STRING") && unescapedQuotes ? unescapedInside(body) : undefined;
  if (inner !== undefined) return made("STRING", inner);
  if (type !== undefined) return settleAs(type, body, quoted);
  if (quoted) {
    checkJson(body);
    const text = JSON.parse(textOf(body)) as string;
    const nanos = parseDuration(text);
    return nanos === undefined ? sent("STRING", body) : made("DURATION", formatDuration(nanos));
  }
  if (startsDocument(body)) {
    checkJson(body);
    return sent("JSON", body);
  }
  return settleBare(body);
}

/** A body without quotes or brackets: a number, a word of JSON, a date, a duration or else plain text. */
function settleBare(body: Uint8Array): Value {
  const text = textOf(body);
  const bare = trimmed(text);
  if (isJson(body))
    return sent(bare === "null" ? "JSON" : bare === "true" || bare === "false" ? "BOOLEAN" : "NUMBER", body);
  for (const type of ["DATE", "DATETIME", "DURATION"] as const) {
    const canonical = CANONICAL[type].of(bare);
    if (canonical !== undefined) return made(type, canonical);
  }
  return made("STRING", text);
}

function settleAs(type: Type, body: Uint8Array, quoted: boolean): Value {
  if (type === "STRING" && !quoted) return made(type, textOf(body));
  if (type === "STRING" || type === "JSON") {
    checkJson(body);
    return sent(type, body);
  }
  if (type === "NUMBER" || type === "BOOLEAN") {
    const bare = trimmed(textOf(body));
    const fits = type === "NUMBER" ? /^[-\d]/.test(bare) && isJson(body) : bare === "true" || bare === "false";
    if (!fits) throw misfit(type, type === "NUMBER" ? "a JSON number such as 42 or 0.10" : "true or false");
    return sent(type, body);
  }
  if (quoted) checkJson(body);
  const { of, form } = CANONICAL[type];
  const canonical = of(quoted ? (JSON.parse(textOf(body)) as string) : trimmed(textOf(body)));
  if (canonical === undefined) throw misfit(type, form);
  return made(type, canonical);
}

const CANONICAL = {
  DATE: { of: (text: string) => (isDate(text) ? text : undefined), form: "a day such as 2021-09-01" },
  DATETIME: { of: canonicalDatetime, form: "an instant with its offset such as 2021-09-01T01:02:03Z" },
  DURATION: {
    of: (text: string) => {
      const nanos = parseDuration(text);
      return nanos === undefined ? undefined : formatDuration(nanos);
    },
    form: "an ISO-8601 duration of days and below such as PT1H30M",
  },
} as const;

/** A body longer than its head: text or a document; a scalar of that length is refused where its type is named. */
function flow(head: Uint8Array, all: AsyncIterable<Uint8Array>, { type }: Reading): Value {
  const quoted = firstByte(head) === '"';
  if (type === undefined || type === "STRING") {
    if (quoted) return sent("STRING", checkedJson(all));
    if (type === undefined && startsDocument(head)) return sent("JSON", checkedJson(all));
    return { type: "STRING", bytes: escapedText(all), asSent: false };
  }
  if (type === "JSON") return sent(type, checkedJson(all));
  throw misfit(type, `one of at most ${VALUE_HEAD_BYTES} bytes`);
}

const sent = (type: Type, bytes: Bytes): Value => ({ type, bytes, asSent: true });
const made = (type: Type, text: string): Value => ({ type, bytes: jsonText(text), asSent: false });

const misfit = (type: Type, form: string) =>
  new Failure({ kind: "invalid_value", reason: `The value is no ${type}: it must be ${form}.` });

function checkJson(body: Uint8Array): void {
  const checker = new JsonChecker();
  checker.push(body);
  checker.end();
}

function isJson(body: Uint8Array): boolean {
  try {
    checkJson(body);
    return true;
  } catch {
    return false;
  }
}

/** The first character that JSON does not take for space, or undefined. */
function firstByte(body: Uint8Array): string | undefined {
  const first = body.find((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
  return first === undefined ? undefined : String.fromCharCode(first);
}

function startsDocument(body: Uint8Array): boolean {
  const first = firstByte(body);
  return first === "{" || first === "[";
}

/**
 * What stands between the outer quotes of a body that is no JSON string, or undefined when it is one or has no second
 * quote. Kestra's provider writes a backslash before every quote and before nothing else: where it did, they go again.
 */
function unescapedInside(body: Uint8Array): string | undefined {
  if (isJson(body)) return undefined;
  const bare = trimmed(textOf(body));
  if (bare.length < 2 || !bare.endsWith('"')) return undefined;
  const inside = bare.slice(1, -1);
  return /(?<!\\)"/.test(inside) ? inside : inside.replaceAll('\\"', '"');
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** `head`, then what the iterator still has; closing it early closes the iterator. */
async function* resumed(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
