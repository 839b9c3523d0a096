import { canonicalDatetime } from "./calendar.ts";
import type { Entry, Labels } from "./entry.ts";
import { Failure } from "./fault.ts";
import type { Incoming } from "./import-item.ts";
import { textOf, trimmed } from "./json-text.ts";
import type { Found } from "./stores.ts";
import type { Type } from "./type.ts";
import { settle, type Value } from "./value.ts";
import type { Said } from "./writes.ts";

/** All that an import decides, without fetching anything. */

export type Decision = "add" | "change" | "same" | "skip" | "conflict";

/** `isSame`: the entry has this value, this type, and all that is said. */
export function decide(
  current: Entry | undefined,
  isSame: boolean,
  { ifMatch }: Pick<Incoming, "ifMatch">,
  onConflict: "overwrite" | "skip" | "fail",
): Decision {
  if (isSame) return "same";
  if (ifMatch !== undefined) return current?.etag === ifMatch ? "change" : "conflict";
  if (!current) return "add";
  return onConflict === "overwrite" ? "change" : onConflict === "skip" ? "skip" : "conflict";
}

export const liveOf = (found: Found | undefined): Entry | undefined =>
  found?.state === "live" ? found.entry : undefined;

export type WholeValue = Value & { readonly bytes: Uint8Array };

/**
 * A whole value as it will be stored. Where no type is named, a text stays a text and JSON is what it is, unless the
 * entry has a type that it fits: a format without types must not take the types away. Fails with `invalid_value`.
 */
export function settleIncoming(bytes: Uint8Array, { type, form }: Incoming, current: Entry | undefined): WholeValue {
  const as = (named: Type | undefined, body = bytes) =>
    settle(body, { type: named, unescapedQuotes: false }) as WholeValue; // what is settled in memory stays there
  if (type !== undefined) return as(type);
  const own: WholeValue = { ...as("JSON"), type: typeOfJson(bytes) };
  const isText = own.type === "STRING";
  if (!current || current.type === own.type || !mayBe(current.type, isText, form)) return own;
  try {
    const bare = form === "text" && current.type !== "STRING";
    return as(current.type, bare ? Buffer.from(JSON.parse(textOf(bytes)) as string) : bytes);
  } catch (error) {
    if (error instanceof Failure) return own;
    throw error;
  }
}

/** `8080` in a text may be a number, `"8080"` in a JSON document is none. */
const mayBe = (type: Type, isText: boolean, form: Incoming["form"]): boolean =>
  form === "text" || type === "JSON" || (isText && (type === "DATE" || type === "DATETIME" || type === "DURATION"));

/** What a JSON text is when nobody names its type. Pure; it is no check. */
export function typeOfJson(bytes: Uint8Array): Type {
  const first = trimmed(Buffer.from(bytes.subarray(0, 64)).toString("latin1")).charAt(0);
  if (first === '"') return "STRING";
  if (first === "t" || first === "f") return "BOOLEAN";
  return first === "-" || (first >= "0" && first <= "9") ? "NUMBER" : "JSON";
}

/** Whether the entry has all that is said of it, its value aside. */
export function saysSame(current: Entry, { lifetime, description, labels, secret }: Said): boolean {
  if (description !== undefined && (description ?? undefined) !== current.description) return false;
  if (labels !== undefined && !sameLabels(labels, current.labels)) return false;
  if (secret !== undefined && secret !== current.secret) return false;
  switch (lifetime.kind) {
    case "default":
    case "keep":
      return true;
    case "none":
      return current.expiresAt === undefined;
    case "for":
      // When it began is not said: a repeated import would start it anew each time.
      return current.ttl === lifetime.ttl;
    case "until":
      return microsOf(lifetime.at) === microsOf(current.expiresAt ?? "") && lifetime.ttl === current.ttl;
  }
}

/** Cut to what the database counts. */
const microsOf = (instant: string): string => {
  const [, seconds, fraction = ""] = /^([^.Z]*)(?:\.(\d{0,6}))?/.exec(canonicalDatetime(instant) ?? "") ?? [];
  return `${seconds}.${fraction.padEnd(6, "0")}`;
};

function sameLabels(left: Labels, right: Labels): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && left[name] === right[name])
  );
}

/** Whether two JSON texts that differ in bytes mean the same, as far as formats spell them anew: spaces around, escapes in a string. */
export function spellSame(left: Uint8Array, right: Uint8Array): boolean {
  const [one, other] = [trimmed(textOf(left)), trimmed(textOf(right))];
  if (one === other) return true;
  return one.startsWith('"') && other.startsWith('"') && JSON.parse(one) === JSON.parse(other);
}
