import { AsyncLocalStorage } from "node:async_hooks";
import { sql } from "drizzle-orm";
import type { Database, Listening } from "./database.ts";
import { statement } from "./statement.ts";

/** What every process that has this database open listens to. */
const CHANNEL = "nskv_changes";
/** Between two calls to the others: a busy service tells them twenty times a second, however much it writes. */
const NOTIFY_MS_MIN = 50;

const NOTIFY = statement("notify", sql.raw(`SELECT pg_notify('${CHANNEL}', '')`));

/** Tells who watches that there may be something new. A call that is lost costs time and nothing else: they also look by themselves. */
export interface Bell {
  /** To be called after each commit that logged something. */
  ring(): void;
  /** Answers how to hear no more. */
  hear(wake: () => void): () => void;
  close(): Promise<void>;
}

export function createBell(database: Database): Bell {
  /** One call tells of many commits: it is no part of the request that happened to ring first. */
  const apart = AsyncLocalStorage.snapshot();
  const hearers = new Set<() => void>();
  let listening: Listening | undefined;
  let closed = false;
  let calling: Promise<void> | undefined;
  let again = false;

  const wakeAll = () => {
    for (const wake of hearers) wake();
  };

  /** In a transaction of its own: a NOTIFY inside the writers' would make their commits wait for each other. */
  async function call(): Promise<void> {
    do {
      again = false;
      await database.query(NOTIFY, {}).catch(() => undefined); // the others look by themselves
      await new Promise((resolve) => setTimeout(resolve, NOTIFY_MS_MIN));
    } while (again && !closed);
    calling = undefined;
  }

  return {
    ring() {
      wakeAll();
      if (!database.listen || closed) return;
      again = true;
      calling ??= apart(call);
    },
    hear(wake) {
      hearers.add(wake);
      // Kept from then on: who has watched once will do so again, and it is one idle connection.
      if (!closed) listening ??= database.listen?.(CHANNEL, wakeAll);
      return () => void hearers.delete(wake);
    },
    async close() {
      closed = true;
      await Promise.all([calling, listening?.close()]);
    },
  };
}
