import type { Context } from "hono";
import { canonicalDatetime } from "../domain/calendar.ts";
import { Failure } from "../domain/fault.ts";
import type { Cursor, Sort } from "../domain/stores.ts";
import { unstorable } from "../domain/text.ts";

/** Opaque to callers: where the page before ended, and of which order that is true. */
const cursorText = ({ value, key, namespace = "" }: Cursor, sort: Sort): string =>
  Buffer.from(JSON.stringify([nameOf(sort), value, key, namespace])).toString("base64url");

const nameOf = ({ by, descending }: Sort): string => (descending ? `${by}:desc` : by);

const TIMES: readonly Sort["by"][] = ["created", "updated", "expires"];

/** What `?cursor=` names, or undefined. It has been in the caller's hands: fails with `malformed`. */
export function cursorOf(c: Context, sort: Sort): Cursor | undefined {
  const text = c.req.query("cursor");
  if (text === undefined) return undefined;
  const [of, value, key, namespace] = partsOf(text);
  const isText = (part: unknown): part is string => typeof part === "string" && unstorable(part) === undefined;
  if (!isText(key) || !isText(namespace) || (value !== null && !isText(value))) throw refusal();
  if (of !== nameOf(sort)) throw refusal("It belongs to a list that is sorted another way.");
  if (value !== null && TIMES.includes(sort.by) && canonicalDatetime(value) === undefined) throw refusal();
  return { value, key, namespace };
}

const refusal = (reason = "Take it from the Link header of the page before.") =>
  new Failure({ kind: "malformed", field: "cursor", reason });

function partsOf(text: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    throw refusal();
  }
}

/** RFC 8288: the address of the next page, relative to this one. Counted pages go on by cursor, which others' writes do not shift. */
export function linkTo(c: Context, next: Cursor | undefined, sort: Sort): Record<string, string> {
  if (!next) return {};
  const url = new URL(c.req.url);
  url.searchParams.delete("page");
  url.searchParams.set("cursor", cursorText(next, sort));
  return { Link: `<${url.pathname}${url.search}>; rel="next"` };
}
