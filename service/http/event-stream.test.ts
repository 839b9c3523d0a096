import { expect, it, vi } from "vitest";
import type { Change } from "../domain/change.ts";
import type { Watcher, WatchStep } from "../domain/watch.ts";
import { eventStream } from "./event-stream.ts";

const change = { id: 7, kind: "put", namespace: "n", key: "a\nb", revision: 1 } as Change;

/** A watcher that gives these steps and then nothing more. */
function watcherOf(...steps: readonly (WatchStep | Error)[]) {
  const rest = [...steps];
  let upto = 5;
  const close = vi.fn();
  const next = async (): Promise<WatchStep> => {
    const step = rest.shift() ?? (await new Promise<never>(() => undefined));
    if (step instanceof Error) throw step;
    upto = step.upto;
    return step;
  };
  return { watcher: { upto: () => upto, next, close } satisfies Watcher, close };
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += Buffer.from(chunk).toString();
  return text;
}

it("says the cursor first, then events, then the reason why it ends", async () => {
  const { watcher, close } = watcherOf(
    { kind: "quiet", upto: 5 },
    { kind: "quiet", upto: 6 },
    { kind: "changes", changes: [change], upto: 9 },
    { kind: "end", why: "slow", upto: 9 },
  );
  expect((await textOf(eventStream(watcher, 1, vi.fn()))).split("\n\n")).toEqual([
    "retry: 1000\nid: 5",
    ":",
    "id: 6",
    `id: 7\nevent: put\ndata: ${JSON.stringify({ id: "7", kind: "put", namespace: "n", key: "a\nb", revision: 1 })}`,
    "id: 9",
    expect.stringMatching(/^id: 9\nevent: end\ndata: \{"reason":"slow",/),
    "",
  ]);
  expect(close).toHaveBeenCalled();
});

it("a failure ends the stream in order, and is reported", async () => {
  const { watcher, close } = watcherOf(new Error("broken on purpose"));
  const report = vi.fn();
  expect(await textOf(eventStream(watcher, 1, report))).toContain('event: end\ndata: {"reason":"unavailable"');
  expect(report).toHaveBeenCalledOnce();
  expect(close).toHaveBeenCalled();
});

it("a reader that goes away closes the watcher", async () => {
  const { watcher, close } = watcherOf();
  const reader = eventStream(watcher, 1, vi.fn()).getReader();
  await reader.read();
  await reader.cancel();
  expect(close).toHaveBeenCalled();
});
