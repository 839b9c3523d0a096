import { parentPort, workerData } from "node:worker_threads";
import { syncTree } from "./durable-fs.ts";
import { rowsIn } from "./pglite-answer.ts";
import type { Answer, Request, WorkerTask } from "./pglite-messages.ts";
import { openSession, type Session } from "./pglite-session.ts";
import { createUpkeep } from "./pglite-upkeep.ts";

/*
 * PGlite in a thread of its own: it syncs while it runs, and would hold up everything else in the process.
 */

const { task, folder } = workerData as WorkerTask;
const tell = (answer: Answer) => parentPort?.postMessage(answer, answer.kind === "done" ? [answer.answer.buffer] : []);

// After a panic the memory of Postgres means nothing any more. In a worker this ends the thread alone.
const session = await openSession(folder, () => process.exit(1));
if (task === "create") {
  await session.close();
  // What initdb wrote was never synced.
  await syncTree(folder);
  process.exit(0);
}
serve(session);
tell({ kind: "ready" });

function serve(session: Session): void {
  const upkeep = createUpkeep({ ...session, query: async (...asked) => rowsIn(await session.query(...asked)) });
  let last: Promise<unknown> = Promise.resolve();
  parentPort?.on("message", (request: Request) => {
    last = last
      .then(() => answer(session, request))
      .then(tell)
      .then(() => upkeep());
  });
}

async function answer(session: Session, request: Request): Promise<Answer> {
  try {
    return await perform(session, request);
  } catch (error) {
    const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
    return { kind: "failed", id: request.id, message: error instanceof Error ? error.message : String(error), code };
  }
}

async function perform(session: Session, request: Request): Promise<Answer> {
  const { id } = request;
  switch (request.kind) {
    case "query":
      return { kind: "done", id, answer: await session.query(request.text, request.parameters, request.passing) };
    case "script":
      return { kind: "done", id, answer: await session.script(request.text) };
    case "syncs":
      return { kind: "counted", id, count: session.syncs() };
    case "close":
      await session.close();
      parentPort?.close();
      return { kind: "done", id, answer: new Uint8Array() };
  }
}
