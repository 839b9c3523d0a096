import { describe, expect, it } from "vitest";
import { byteRangeOf } from "./kv-range.ts";

describe("of 10 bytes", () => {
  it.each([
    ["bytes=0-0", { first: 0, last: 0 }],
    ["bytes=2-5", { first: 2, last: 5 }],
    ["bytes=2-", { first: 2, last: 9 }],
    ["bytes=9-", { first: 9, last: 9 }],
    ["bytes=0-99", { first: 0, last: 9 }],
    ["bytes=-3", { first: 7, last: 9 }],
    ["bytes=-99", { first: 0, last: 9 }],
    ["Bytes= 1-2 ", { first: 1, last: 2 }],
    ["bytes=3-99999999999999999999999999", { first: 3, last: 9 }],
    [undefined, undefined],
    ["bytes=5-2", undefined],
    ["bytes=0-1,3-4", undefined],
    ["bytes=-", undefined],
    ["bytes=a-b", undefined],
    ["lines=1-2", undefined],
    ["bytes 1-2", undefined],
  ])("%s asks for %j", (header, range) => {
    expect(byteRangeOf(header, 10)).toEqual(range);
  });

  it.each(["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999999999-"])(
    "%s asks for none",
    (header) => {
      expect(() => byteRangeOf(header, 10)).toThrow("range_not_satisfiable");
    },
  );
});
