import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { STORE_SECONDS } from "../../api/limits.ts";
import { type Database, DatabaseError, type Row, type TransactionKind } from "./database.ts";
import { syncPath } from "./durable-fs.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import type { Ask } from "./pglite-messages.ts";
import { createInWorker, startWorker, type WorkerProgram, type WorkerThread } from "./pglite-worker-thread.ts";
import { inOrder } from "./statement.ts";
import { withStillness } from "./stillness.ts";

export interface PgliteOptions extends WorkerProgram {
  /** Made when it is not there. Nothing else may be kept in it. */
  readonly folder: string;
}

export interface PgliteDatabase extends Database {
  /** Syncs of files and folders since the start. */
  syncs(): Promise<number>;
}

/** Locks the folder and opens the database in it. Fails with an error for the operator when another process has it. */
export async function openPgliteDatabase(options: PgliteOptions): Promise<PgliteDatabase> {
  const lock = await lockFolder(options.folder);
  const data = join(options.folder, "postgres");
  try {
    if (!existsSync(data)) await createDatabase(options, data);
    return withStillness(servedBy(options, data, await startWorker(options, data), lock));
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Whole or not at all: what an interrupted start left is thrown away. */
async function createDatabase(options: PgliteOptions, data: string): Promise<void> {
  const unfinished = join(options.folder, "postgres.new");
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished);
  await createInWorker(options, unfinished);
  renameSync(unfinished, data);
  await syncPath(options.folder);
  await syncPath(dirname(options.folder));
}

const BEGIN: Readonly<Record<TransactionKind, string>> = {
  snapshot: "BEGIN ISOLATION LEVEL REPEATABLE READ",
  load: "BEGIN",
};

function servedBy(options: PgliteOptions, data: string, first: WorkerThread, lock: FolderLock): PgliteDatabase {
  let thread: Promise<WorkerThread> | undefined;
  let closed = false;

  function use(next: Promise<WorkerThread>): Promise<WorkerThread> {
    const forget = () => {
      if (thread === next) thread = undefined;
    };
    thread = next;
    next.then(({ ended }) => ended).then(forget, forget);
    return next;
  }

  // After a crash the next statement opens the database anew, which then recovers from its log.
  async function ask(question: Ask): Promise<readonly Row[]> {
    if (closed) throw new DatabaseError("unavailable", new Error("The embedded database is closed."));
    return (await (thread ?? use(startWorker(options, data)))).ask(question);
  }

  void use(Promise.resolve(first));
  const query: Database["query"] = (statement, parameters) =>
    ask({
      kind: "query",
      text: statement.text,
      parameters: inOrder(statement, parameters),
      passing: statement.passing,
    });
  return {
    parallel: 1,
    alone: true,
    msMax: STORE_SECONDS * 1_000,
    query,
    // One session, one statement at a time: nobody can come between a snapshot and its locks.
    queryBehind: (_, statement, parameters) => query(statement, parameters),
    // Nobody else writes while the folder is ours. What this process asks meanwhile, such as to renew a lease, becomes
    // part of the transaction, so a snapshot is not read-only here.
    async transaction(kind, work) {
      await ask({ kind: "script", text: BEGIN[kind] });
      try {
        const answer = await work({ query });
        await ask({ kind: "script", text: "COMMIT" });
        return answer;
      } catch (error) {
        await ask({ kind: "script", text: "ROLLBACK" }).catch(() => undefined);
        throw error;
      }
    },
    script: async (text) => void (await ask({ kind: "script", text })),
    syncs: async () => Number((await ask({ kind: "syncs" }))[0]?.[0]),
    async close() {
      const last = await thread?.catch(() => undefined);
      const bye = last?.ask({ kind: "close" }).catch(() => undefined);
      closed = true;
      await bye;
      await last?.ended;
      await lock.release();
    },
  };
}
