import { expect, it } from "vitest";
import { headOf, isWhole } from "./answers.ts";

const FIXED = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello");
const CHUNKED = Buffer.from("HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");

it("knows the length of an answer from its header", () => {
  expect(headOf(FIXED)).toEqual({ status: 200, length: FIXED.length });
});

it("waits for the end of the headers", () => {
  expect(headOf(FIXED.subarray(0, 30))).toBeUndefined();
});

it.each([FIXED, CHUNKED])("sees each answer's end, and no earlier one", (answer) => {
  const head = headOf(answer);
  if (!head) throw new Error("It has a head.");
  expect(isWhole(head, answer)).toBe(true);
  expect(isWhole(head, answer.subarray(0, -1))).toBe(false);
});
