import { expect, it } from "vitest";
import { compareUtf8, hasLoneSurrogate } from "./text.ts";

const WORDS = [
  "",
  "a",
  "ab",
  "b",
  "é",
  "\uE000",
  "\uFFEE",
  "\uFFFF",
  "\u{10000}",
  "\u{10000}a",
  "\u{10001}",
  "\u{10FFFF}",
];

it("orders text as its UTF-8 bytes are ordered", () => {
  for (const a of WORDS) {
    for (const b of WORDS) {
      const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect([a, b, Math.sign(compareUtf8(a, b))]).toEqual([a, b, expected]);
    }
  }
});

it.each([
  { text: "a\u{1F600}b", lone: false },
  { text: "\uD83D", lone: true },
  { text: "x\uDE00y", lone: true },
  { text: "\uDE00\uD83D", lone: true },
])("knows half of a surrogate pair from a whole one: $lone", ({ text, lone }) => {
  expect(hasLoneSurrogate(text)).toBe(lone);
});
