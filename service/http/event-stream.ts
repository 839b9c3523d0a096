import type { ChangeView } from "../../api/schema/watch.ts";
import type { Change } from "../domain/change.ts";
import type { WatchEnd, Watcher, WatchStep } from "../domain/watch.ts";

export const EVENT_STREAM = "text/event-stream";

/** How long a client waits before it resumes; it may choose another pause. */
const RETRY_MS = 1_000;

const WHY = {
  slow: "The changes came faster than they were read. Resume from the last id.",
  stopping: "The service is about to stop. Resume from the last id.",
  gone: "What would come next is not kept any more. List the keys and watch anew.",
  unavailable: "The database does not answer. Resume from the last id.",
} as const satisfies Record<WatchEnd | "unavailable", string>;

/**
 * A watcher as server-sent events (HTML Standard, 9.2). Each chunk is asked for, so a reader that stops reading holds back
 * only itself. An id without data tells a client's cursor and no more, which keeps a quiet stream alive and young.
 * `report` is told of what ends the stream unexpectedly.
 */
export function eventStream(
  watcher: Watcher,
  heartbeatMs: number,
  report: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  let told = watcher.upto();
  let isOpen = true;
  const close = () => {
    isOpen = false;
    watcher.close();
  };

  async function nextText(): Promise<string> {
    try {
      const step = await watcher.next(heartbeatMs);
      if (step.kind === "end") close();
      const text = textOf(step, told);
      told = step.upto;
      return text;
    } catch (error) {
      report(error);
      close();
      return endText("unavailable", told);
    }
  }

  return new ReadableStream({
    start: (stream) => stream.enqueue(Buffer.from(`retry: ${RETRY_MS}\nid: ${told}\n\n`)),
    async pull(stream) {
      const text = await nextText();
      if (text !== "") stream.enqueue(Buffer.from(text));
      if (!isOpen) stream.close();
    },
    cancel: close,
  });
}

function textOf(step: WatchStep, told: number): string {
  switch (step.kind) {
    case "end":
      return endText(step.why, step.upto);
    case "quiet":
      return step.upto === told ? ":\n\n" : idText(step.upto);
    case "changes": {
      const last = step.changes.at(-1)?.id ?? told;
      return step.changes.map(changeText).join("") + (step.upto === last ? "" : idText(step.upto));
    }
  }
}

const idText = (id: number): string => `id: ${id}\n\n`;

const endText = (why: WatchEnd | "unavailable", id: number): string =>
  `id: ${id}\nevent: end\ndata: ${JSON.stringify({ reason: why, message: WHY[why] })}\n\n`;

/** One text for all who watch the same change. */
const texts = new WeakMap<Change, string>();

function changeText(change: Change): string {
  const known = texts.get(change);
  if (known !== undefined) return known;
  const text = `id: ${change.id}\nevent: ${change.kind}\ndata: ${JSON.stringify(changeView(change))}\n\n`;
  texts.set(change, text);
  return text;
}

export const changeView = ({ id, kind, namespace, key, revision, etag, at, by, door }: Change): ChangeView => ({
  id: `${id}`,
  kind,
  namespace,
  key,
  revision,
  etag,
  at,
  by,
  door,
});
