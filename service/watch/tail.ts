import { setTimeout as sleep } from "node:timers/promises";
import type { ChangeId } from "../domain/change.ts";
import type { ChangeLog } from "../domain/change-store.ts";
import { createAlarm } from "./alarm.ts";
import { createFollowers, type Followers } from "./followers.ts";

export type Tail = Pick<Followers, "join">;

/** Between two looks when nobody has rung: polling is the truth, ringing only makes it faster. */
const POLL_MS_MAX = 1_500;
/** The first look after a ring that brought nothing, since a writer still held it back; each further one waits twice as long. */
const POLL_MS_MIN = 25;
/** Between two rounds, so that a busy log is read in pages and not in rows. */
const PAUSE_MS = 20;

/**
 * Reads the end of the log for all who follow it, and only while somebody does. `report` is told when the database does not
 * answer: nobody is cut off for that, since it comes back, and the log with it.
 */
export function createTail(log: ChangeLog, report: (error: unknown) => void): Tail {
  const followers = createFollowers(log);
  const alarm = createAlarm();
  let settled: ChangeId = 0;
  let hasRung = false;
  let running = false;

  async function round(): Promise<boolean> {
    const before = settled;
    settled = await log.settled();
    // The database was set back to an older state: what follows is another story.
    if (settled < before) followers.endAll("gone");
    return followers.bring(settled);
  }

  async function run(): Promise<void> {
    const stopHearing = log.hear(() => {
      hasRung = true;
      alarm.ring();
    });
    let pollMs = POLL_MS_MAX;
    while (!followers.isEmpty()) {
      if (hasRung) pollMs = POLL_MS_MIN;
      hasRung = false;
      const isNew = await round().catch(report);
      if (isNew) pollMs = POLL_MS_MAX;
      await sleep(PAUSE_MS);
      await alarm.wait(pollMs);
      pollMs = Math.min(POLL_MS_MAX, 2 * pollMs);
    }
    stopHearing();
    running = false;
  }

  return {
    join(follower) {
      const leave = followers.join(follower);
      if (leave && !running) {
        running = true;
        void run();
      }
      return (
        leave &&
        (() => {
          leave();
          if (followers.isEmpty()) alarm.ring();
        })
      );
    },
  };
}
