import { Worker } from "node:worker_threads";
import { DatabaseError, type Row, troubleOfSqlState } from "./database.ts";
import { rowsIn } from "./pglite-answer.ts";
import type { Answer, Ask, WorkerTask } from "./pglite-messages.ts";

/** Where the worker's program is. */
export interface WorkerProgram {
  /** `pglite-worker`, as JavaScript. */
  readonly workerUrl: URL;
}

export interface WorkerThread {
  ask(question: Ask): Promise<readonly Row[]>;
  /** Resolves with its exit code when it has ended, however that came. */
  readonly ended: Promise<number>;
}

interface Waiting {
  resolve(rows: readonly Row[]): void;
  reject(error: DatabaseError): void;
}

/** Starts the worker, and resolves when its database is open. Fails with `unavailable` when it does not get there. */
export async function startWorker(program: WorkerProgram, folder: string): Promise<WorkerThread> {
  const worker = launch(program, { task: "serve", folder });
  const waiting = new Map<number, Waiting>();
  let failure: unknown;
  worker.on("error", (error) => {
    failure = error;
  });
  const ended = new Promise<number>((resolve) => worker.once("exit", resolve));
  const gone = ended.then((code) => failure ?? new Error(`The thread of the embedded database ended with ${code}.`));
  void gone.then((cause) => {
    for (const { reject } of waiting.values()) reject(new DatabaseError("lost", cause));
    waiting.clear();
  });
  const opened = new Promise<true>((resolve) => {
    worker.on("message", (answer: Answer) => {
      if (answer.kind === "ready") return resolve(true);
      const asked = waiting.get(answer.id);
      waiting.delete(answer.id);
      try {
        asked?.resolve(rowsOf(answer));
      } catch (error) {
        asked?.reject(errorOf(error));
      }
    });
  });
  const outcome = await Promise.race([opened, gone]);
  if (outcome !== true) throw new DatabaseError("unavailable", outcome);
  let ids = 0;
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        const id = ++ids;
        waiting.set(id, { resolve, reject });
        worker.postMessage({ ...question, id });
      }),
    ended,
  };
}

/**
 * Makes a new database in `folder`, in a thread that takes the 800 MB of initdb with it when it ends: 350 MB remain after
 * a first start, 270 after any other (measured). A template would have to be made anew with every PGlite.
 */
export async function createInWorker(program: WorkerProgram, folder: string): Promise<void> {
  const worker = launch(program, { task: "create", folder });
  await new Promise<void>((resolve, reject) => {
    worker.once("error", reject);
    worker.once("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`Making the embedded database ended with ${code}.`)),
    );
  });
}

const launch = ({ workerUrl }: WorkerProgram, workerData: WorkerTask): Worker => new Worker(workerUrl, { workerData });

function rowsOf(answer: Exclude<Answer, { kind: "ready" }>): readonly Row[] {
  if (answer.kind === "failed") throw Object.assign(new Error(answer.message), { code: answer.code });
  return answer.kind === "counted" ? [[`${answer.count}`]] : rowsIn(answer.answer);
}

function errorOf(error: unknown): DatabaseError {
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  return new DatabaseError(code === undefined ? "broken" : troubleOfSqlState(code), error);
}
