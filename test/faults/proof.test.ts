import { expect, it } from "vitest";
import { originOf, proofOf } from "./proof.ts";

const old = { key: "k1", writer: 3, sequence: 17, size: 4_000 };
const newer = { ...old, sequence: 18 };

it.each([20, 24, 4_000, 300_000])("a value of about %i bytes says which write it came from", (size) => {
  const text = proofOf({ ...old, size });
  expect(Math.abs(text.length - size)).toBeLessThan(5);
  expect(originOf(text)).toEqual({ ...old, size: text.length });
});

it.each([
  { what: "two values, one behind the other", text: proofOf(old).slice(0, 2_000) + proofOf(newer).slice(2_000) },
  { what: "the end of another", text: proofOf(old).slice(0, -9) + proofOf(newer).slice(-9) },
  { what: "a value that is cut off", text: proofOf(old).slice(0, 3_000) },
  { what: "a value whose end is cut off inside", text: `${proofOf(old).slice(0, 3_000)}"` },
  {
    what: "a value with a stretch of another in it",
    text: proofOf(old).replace("k1.3.17.k1.3.17.", "k1.3.18.k1.3.18."),
  },
  { what: "something else", text: '"else"' },
])("$what proves nothing", ({ text }) => expect(originOf(text)).toBeUndefined());
