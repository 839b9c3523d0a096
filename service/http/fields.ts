import { DESCRIPTION_LENGTH_MAX, LABEL_NAME_LENGTH_MAX, LABEL_VALUE_LENGTH_MAX, LABELS_MAX } from "../../api/limits.ts";
import type { Labels } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import type { Lifetime } from "../domain/stores.ts";
import { codePoints, unstorable } from "../domain/text.ts";
import { parseExpiresAt, parseTtl } from "../domain/ttl.ts";
import { isType, TYPES, type Type } from "../domain/type.ts";

/** The fields of an entry that a caller may say, each checked by its rule. All fail with `invalid`, naming the field. */

const refuse = (field: string, reason: string) => new Failure({ kind: "invalid", field, reason });

export function parseType(text: string): Type {
  if (!isType(text)) throw refuse("type", `The type must be one of ${TYPES.join(", ")}.`);
  return text;
}

export function parseDescription(text: string): string {
  const length = codePoints(text);
  if (length > DESCRIPTION_LENGTH_MAX)
    throw refuse("description", `A description has at most ${DESCRIPTION_LENGTH_MAX} code points, not ${length}.`);
  const fault = unstorable(text);
  if (fault) throw refuse("description", `A description ${fault}.`);
  return text;
}

export function parseLabels(labels: unknown): Labels {
  if (typeof labels !== "object" || labels === null || Array.isArray(labels))
    throw refuse("labels", "Labels are an object of texts.");
  const pairs = Object.entries(labels);
  if (pairs.length > LABELS_MAX) throw refuse("labels", `There are at most ${LABELS_MAX} labels, not ${pairs.length}.`);
  for (const [name, value] of pairs) {
    if (typeof value !== "string") throw refuse("labels", `The label '${name}' must be a text.`);
    if (name === "" || codePoints(name) > LABEL_NAME_LENGTH_MAX)
      throw refuse("labels", `A label's name has 1 to ${LABEL_NAME_LENGTH_MAX} code points.`);
    if (codePoints(value) > LABEL_VALUE_LENGTH_MAX)
      throw refuse("labels", `The value of the label '${name}' has more than ${LABEL_VALUE_LENGTH_MAX} code points.`);
    const fault = unstorable(name) ?? unstorable(value);
    if (fault) throw refuse("labels", `A label ${fault}.`);
  }
  return labels as Labels;
}

/** When the entry ends: at most one of the two is named; null removes what there is; `unsaid` when neither is. */
export function parseLifetime(
  ttl: string | null | undefined,
  expiresAt: string | null | undefined,
  unsaid: Lifetime,
): Lifetime {
  if (typeof ttl === "string" && typeof expiresAt === "string")
    throw refuse("ttl", "Name either ttl or expiresAt, not both.");
  if (typeof ttl === "string") return { kind: "for", ttl: parseTtl(ttl) };
  if (typeof expiresAt === "string") return { kind: "until", at: parseExpiresAt(expiresAt) };
  return ttl === null || expiresAt === null ? { kind: "none" } : unsaid;
}
