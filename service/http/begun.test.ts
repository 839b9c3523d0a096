import { expect, it } from "vitest";
import { begun } from "./begun.ts";

async function* flow(...steps: (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const step of steps) {
    if (step instanceof Error) throw step;
    yield Buffer.from(step);
  }
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of bytes) text += Buffer.from(chunk);
  return text;
}

it("passes all on, the first as well", async () => {
  expect(await textOf(await begun(flow("a", "b", "c")))).toBe("abc");
  expect(await textOf(await begun(flow()))).toBe("");
});

it("fails at once when the first bytes do not come, and later where they stop", async () => {
  await expect(begun(flow(new Error("at once")))).rejects.toThrow("at once");
  await expect(begun(flow("a", new Error("later"))).then(textOf)).rejects.toThrow("later");
});

it("closes its source when the reader leaves", async () => {
  let closed = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      while (true) yield Buffer.from("a");
    } finally {
      closed = true;
    }
  }
  for await (const chunk of await begun(source())) if (chunk.length > 0) break;
  expect(closed).toBe(true);
});
