import { expect, it } from "vitest";
import { bodyOfBytes } from "./answer.ts";

it.each([
  { what: "plain text", bytes: Buffer.from('"abc"') },
  { what: "text of every plane", bytes: Buffer.from('"é€😀"') },
  { what: "a byte order mark", bytes: Buffer.from([0xef, 0xbb, 0xbf, 0x31]) },
  { what: "a part that ends inside a character", bytes: Buffer.from("é").subarray(0, 1) },
  { what: "more than is sent as text", bytes: Buffer.alloc(100_000, "x") },
])("$what goes out as the bytes that it is", async ({ bytes }) => {
  expect(Buffer.from(await new Response(bodyOfBytes(bytes)).arrayBuffer())).toEqual(bytes);
});
