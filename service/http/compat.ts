import type { Context } from "hono";
import { DESCRIPTION_HEADER_BYTES_MAX } from "../../api/limits.ts";
import type { Fault } from "../domain/fault.ts";

/** What Kestra's clients expect where our own way is another. */

/**
 * Kestra's Terraform provider takes 404 as gone and fails on every other refusal; its `extra_headers` can say who it is.
 * The text begins as Kestra's does, and says which it was.
 */
export function faultFor(c: Context, fault: Fault): Fault {
  if (fault.kind !== "expired" || c.req.header("x-kv-compat") !== "terraform") return fault;
  const { at, expiredAt } = fault;
  const reason = `No value found for key '${at.key}' in namespace '${at.namespace}': it expired at ${expiredAt}`;
  return { kind: "not_found", reason };
}

/**
 * The description as Kestra's provider sends it: a header of raw UTF-8, which HTTP reads as Latin-1. Undefined when
 * there is none; bytes that are no UTF-8 are taken as the Latin-1 that they may be.
 */
export function descriptionHeader(c: Context): string | undefined {
  const sent = c.req.header("description");
  if (sent === undefined || !NON_ASCII.test(sent)) return sent;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(sent, "latin1"));
  } catch {
    return sent;
  }
}

/** The same on its way back, where it fits into a header: one line, and not so long that clients refuse the answer. */
export function descriptionHeaders(description: string): { description?: string } {
  if (CONTROL.test(description)) return {};
  const header = Buffer.from(description).toString("latin1");
  return header.length > DESCRIPTION_HEADER_BYTES_MAX ? {} : { description: header };
}

const NON_ASCII = /[\x80-\xff]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a header cannot carry
const CONTROL = /[\x00-\x1f\x7f]/;
