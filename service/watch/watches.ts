import { WATCH_QUEUE_BYTES_MAX, WATCH_QUEUE_CHANGES_MAX, WATCHERS_MAX } from "../../api/limits.ts";
import type { ChangeId, ChangeScope } from "../domain/change.ts";
import type { ChangeLog } from "../domain/change-store.ts";
import { Failure } from "../domain/fault.ts";
import type { Watcher, Watches, WatchFrom } from "../domain/watch.ts";
import type { QueueRules } from "./queue.ts";
import { createTail } from "./tail.ts";
import { createWatcher, type OpenWatcher } from "./watcher.ts";

/** What may wait for a watcher that reads more slowly than others write; then it is cut off. */
const QUEUE: QueueRules = { changesMax: WATCH_QUEUE_CHANGES_MAX, bytesMax: WATCH_QUEUE_BYTES_MAX };

/** `report` is told of failures that end no watcher. */
export function createWatches(log: ChangeLog, report: (error: unknown) => void, rules: QueueRules = QUEUE): Watches {
  const tail = createTail(log, report);
  const open = new Set<OpenWatcher>();
  let closed = false;

  async function begin(watcher: OpenWatcher): Promise<Watcher> {
    open.add(watcher);
    if (closed) watcher.end("stopping");
    const close = () => {
      open.delete(watcher);
      watcher.close();
    };
    try {
      await watcher.begin();
    } catch (error) {
      close();
      throw error;
    }
    return { upto: watcher.upto, next: watcher.next, close };
  }

  return {
    async open(scope, from) {
      if (closed) throw new Failure({ kind: "unavailable", reason: "The service is about to stop." });
      if (open.size >= WATCHERS_MAX)
        throw new Failure({ kind: "unavailable", reason: `The service has ${WATCHERS_MAX} watchers already.` });
      const cursor = await cursorOf(log, scope, from);
      return begin(createWatcher({ log, tail }, scope, cursor, rules));
    },
    count: () => open.size,
    close() {
      closed = true;
      for (const watcher of open) watcher.end("stopping");
    },
  };
}

async function cursorOf(log: ChangeLog, { tenant }: ChangeScope, from: WatchFrom): Promise<ChangeId> {
  if (from === "now") return log.end(tenant);
  return from === "oldest" ? log.start(tenant) : from;
}
