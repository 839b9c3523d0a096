/** Unlike a Num, this knows no bounds: documents that are compared as text may hold any number that JSON can spell. */

const JSON_NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** The one spelling of a JSON number, with all its digits: `1.0` → `1`, `1e2` → `100`, `1E+400` → `1e+400`. The form is
 *  that of ECMAScript's Number::toString, which RFC 8785 asks for. Anything but a JSON number comes back as it is. */
export function canonicalDecimal(text: string): string {
  const parts = JSON_NUMBER.exec(text);
  if (parts === null) return text;
  const [, sign = "", whole = "", fraction = "", power = "0"] = parts;
  const all = whole + fraction;
  let start = 0;
  let end = all.length;
  while (start < end && all[start] === "0") start++;
  while (end > start && all[end - 1] === "0") end--;
  if (start === end) return "0"; // -0 too: as numbers they are equal

  const order = BigInt(power) + BigInt(whole.length - start - 1); // d.ddd × 10^order
  return sign + spell(all.slice(start, end), order);
}

function spell(digits: string, order: bigint): string {
  if (order < -6n || order > 20n) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${digits[0]}${fraction}e${order < 0n ? "" : "+"}${order}`;
  }
  const point = Number(order) + 1;
  if (point <= 0) return `0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return digits.padEnd(point, "0");
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}
