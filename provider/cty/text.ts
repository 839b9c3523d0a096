/** Orders text by its UTF-8 bytes, as Go sorts map keys and attribute names.
 *  JavaScript's `<` orders by UTF-16 units, which puts U+10000 and above before U+E000. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Lifts surrogates, which stand for U+10000 and above, over the rest of the units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

const LONE_SURROGATE = /\p{Surrogate}/u; // with the u flag a pair is one code point, and no surrogate

/** Whether text has half of a surrogate pair: JSON can spell it, UTF-8 cannot. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text);
}

/** Text in Unicode's normal form C, the only form that cty keeps text in. */
export function nfc(text: string): string {
  return text.normalize("NFC");
}
