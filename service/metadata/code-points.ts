const SURROGATES_FIRST = 0xd800;
const SURROGATES_LAST = 0xdfff;
const CODE_POINT_MAX = 0x10ffff;

/**
 * The least text that is greater than all that begin with `prefix`, by code points as collation "C" sorts UTF-8;
 * undefined when there is none.
 */
export function upperBound(prefix: string): string | undefined {
  const points = [...prefix].map((character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === CODE_POINT_MAX) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // Between them lie only halves of pairs, which no text in UTF-8 holds.
  const next = last + 1 === SURROGATES_FIRST ? SURROGATES_LAST + 1 : last + 1;
  return String.fromCodePoint(...points, next);
}
