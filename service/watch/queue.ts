import type { Change } from "../domain/change.ts";

export interface QueueRules {
  readonly changesMax: number;
  readonly bytesMax: number;
}

/** What waits for one watcher. */
export interface Queue {
  /** False when there is no room for all of them; then the queue is empty and takes nothing more. */
  push(changes: readonly Change[]): boolean;
  take(max: number): readonly Change[];
  size(): number;
}

export function createQueue({ changesMax, bytesMax }: QueueRules): Queue {
  let waiting: Change[] = [];
  let bytes = 0;
  return {
    push(changes) {
      for (const change of changes) bytes += bytesOf(change);
      if (waiting.length + changes.length > changesMax || bytes > bytesMax) {
        waiting = [];
        bytes = bytesMax;
        return false;
      }
      waiting.push(...changes);
      return true;
    },
    take(max) {
      const taken = waiting.splice(0, max);
      for (const change of taken) bytes -= bytesOf(change);
      return taken;
    },
    size: () => waiting.length,
  };
}

/** Two bytes for each unit of the long texts; 200 for all else. */
const bytesOf = ({ namespace, key, by }: Change): number => 200 + 2 * (namespace.length + key.length + by.length);
