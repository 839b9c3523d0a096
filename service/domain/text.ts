/** Why a text cannot be kept as sent, or undefined when it can: Postgres has no U+0000, UTF-8 no lone surrogate. */
export function unstorable(text: string): string | undefined {
  if (text.includes("\0")) return "must not contain the character U+0000";
  if (!text.isWellFormed()) return "must not contain half of a surrogate pair";
  return undefined;
}

/** Length as people count it: a code point is one, however many bytes it takes. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
