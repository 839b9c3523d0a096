import { expect, it } from "vitest";
import { rowsIn, ServerError, stateAfter } from "./pglite-answer.ts";

function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, body]);
}

function dataRow(...fields: (string | null)[]): Buffer {
  const head = Buffer.alloc(2);
  head.writeInt16BE(fields.length);
  const written = fields.map((field) => {
    const bytes = Buffer.from(field ?? "");
    const length = Buffer.alloc(4);
    length.writeInt32BE(field === null ? -1 : bytes.length);
    return Buffer.concat([length, bytes]);
  });
  return message("D", Buffer.concat([head, ...written]));
}

const COMPLETE = message("C", Buffer.from("SELECT 2\0"));
const READY = message("Z", Buffer.from("I"));

it("reads rows between messages of other kinds", () => {
  const rows = [
    ["1", null, "", "é😀"],
    [],
    ["a", "x".repeat(300), "é", "b".repeat(200), null, "\u007f", "\u0080", "c"],
  ];
  const answer = Buffer.concat([message("2", Buffer.alloc(0)), ...rows.map((row) => dataRow(...row)), COMPLETE, READY]);
  expect(rowsIn(answer)).toEqual(rows);
});

it("reads an answer that lies in the middle of a larger memory", () => {
  const answer = Buffer.concat([Buffer.from("before"), dataRow("a"), READY]).subarray(6);
  expect(rowsIn(answer)).toEqual([["a"]]);
});

it("fails with what the database says, though rows came before", () => {
  const refusal = message("E", Buffer.from("SERROR\0C22012\0Mdivision by zero\0\0"));
  const read = () => rowsIn(Buffer.concat([dataRow("a"), refusal, READY]));
  expect(read).toThrow(ServerError);
  expect(read).toThrow(expect.objectContaining({ code: "22012", message: "division by zero" }));
});

it.each([
  { answer: READY, state: "I" },
  { answer: message("Z", Buffer.from("T")), state: "T" },
  { answer: COMPLETE, state: undefined },
  { answer: Buffer.alloc(0), state: undefined },
])("knows from an answer's end that the session is in state $state", ({ answer, state }) => {
  expect(stateAfter(answer)).toBe(state);
});
