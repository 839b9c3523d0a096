import { setTimeout as sleep } from "node:timers/promises";
import type postgres from "postgres";
import type { Listening } from "./database.ts";

/** Before a lost connection is tried anew; each further try waits twice as long. */
const PAUSE_MS_MIN = 250;
const PAUSE_MS_MAX = 15_000;

export interface Heard {
  onnotify(): void;
  onclose(): void;
}

type Sql = Pick<ReturnType<typeof postgres>, "unsafe" | "end">;

/**
 * Keeps a connection of its own that listens, and connects again whenever it is lost. postgres.js's own `listen` tries
 * once, and gives up in silence. `connect` makes a client with one connection that is never closed for being idle.
 */
export function keepListening(connect: (heard: Heard) => Sql, channel: string, heard: () => void): Listening {
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener("abort", () => resolve()));

  async function once(): Promise<void> {
    let lost: () => void = () => undefined;
    const isLost = new Promise<void>((resolve) => {
      lost = resolve;
    });
    const sql = connect({ onnotify: heard, onclose: () => lost() });
    try {
      await Promise.race([sql.unsafe(`LISTEN ${channel}`), stopped]);
      heard(); // whatever was missed until now
      await Promise.race([isLost, stopped]);
    } finally {
      await sql.end({ timeout: 0 });
    }
  }

  async function run(): Promise<void> {
    let pauseMs = PAUSE_MS_MIN;
    while (!stopping.signal.aborted) {
      const began = performance.now();
      await once().catch(() => undefined); // whoever listens also looks by itself
      if (performance.now() - began > PAUSE_MS_MAX) pauseMs = PAUSE_MS_MIN;
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      pauseMs = Math.min(PAUSE_MS_MAX, 2 * pauseMs);
    }
  }

  const running = run();
  return {
    async close() {
      stopping.abort();
      await running;
    },
  };
}
