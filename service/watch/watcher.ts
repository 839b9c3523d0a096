import { WATCH_PAGE_CHANGES_MAX } from "../../api/limits.ts";
import { type Change, type ChangeId, type ChangeScope, isInScope } from "../domain/change.ts";
import type { ChangeLog } from "../domain/change-store.ts";
import { Failure } from "../domain/fault.ts";
import type { WatchEnd, Watcher, WatchStep } from "../domain/watch.ts";
import { createAlarm } from "./alarm.ts";
import { createQueue, type QueueRules } from "./queue.ts";
import type { Tail } from "./tail.ts";

export interface OpenWatcher extends Watcher {
  /** Reads the first page, so that a cursor that is not kept fails before anything is given. */
  begin(): Promise<void>;
  end(why: WatchEnd): void;
}

/**
 * Reads the log by pages behind its cursor, no faster than its reader takes them. Once it has read all, it follows the tail:
 * then others decide how fast changes come, and a queue that overflows ends it.
 */
export function createWatcher(
  { log, tail }: { readonly log: ChangeLog; readonly tail: Tail },
  scope: ChangeScope,
  from: ChangeId,
  rules: QueueRules,
): OpenWatcher {
  const queue = createQueue(rules);
  const alarm = createAlarm();
  /** The cursor behind what was given to the reader, and the one behind what lies in the queue. */
  let given = from;
  let read = from;
  let leave: (() => void) | undefined;
  let ended: WatchEnd | undefined;

  function end(why: WatchEnd): void {
    ended ??= why;
    leave?.();
    alarm.ring();
  }

  function follow(seen: ChangeId): void {
    const take = (changes: readonly Change[], cursor: ChangeId) => {
      const mine = changes.filter((change) => change.id > seen && isInScope(scope, change));
      if (!queue.push(mine)) return end("slow");
      read = Math.max(read, cursor);
      if (mine.length > 0) alarm.ring();
    };
    leave = tail.join({ tenant: scope.tenant, seen, cursor: read, take, end });
  }

  async function readPage(): Promise<void> {
    const through = await log.settled();
    const limit = Math.min(WATCH_PAGE_CHANGES_MAX, rules.changesMax);
    const { changes, upto, more } = await log.changes({ scope, after: read, through, limit });
    if (ended) return;
    queue.push(changes);
    read = upto;
    if (!more) follow(through);
  }

  /** As `readPage`; who has begun is told of a gap at the end of its stream. */
  async function readOn(): Promise<void> {
    try {
      await readPage();
    } catch (error) {
      if (!(error instanceof Failure && error.fault.kind === "changes_gone")) throw error;
      end("gone");
    }
  }

  async function next(ms: number): Promise<WatchStep> {
    const until = performance.now() + ms;
    for (;;) {
      if (ended) return { kind: "end", why: ended, upto: given };
      if (queue.size() === 0 && !leave) await readOn();
      const changes = queue.take(WATCH_PAGE_CHANGES_MAX);
      given = queue.size() > 0 ? (changes.at(-1)?.id ?? given) : read;
      if (changes.length > 0) return { kind: "changes", changes, upto: given };
      const left = until - performance.now();
      if (left <= 0 && !ended) return { kind: "quiet", upto: given };
      if (leave) await alarm.wait(left);
    }
  }

  return { upto: () => given, begin: readPage, next, end, close: () => end("stopping") };
}
