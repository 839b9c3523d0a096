import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Requests that a child process sends over and over, each connection one after another. */
export interface Load {
  readonly port: number;
  readonly connections: number;
  /** Sent before the clock starts: code gets compiled, connections opened, values cached. */
  readonly warmMs: number;
  readonly ms: number;
  /** Whole HTTP/1.1 requests as they go over the wire, by turns. */
  readonly requests: readonly string[];
}

/** What a load met. */
export interface Met {
  readonly requests: number;
  readonly seconds: number;
  /** Answers with another status than 2xx. */
  readonly refused: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Seconds of processor that the sender itself used; near `seconds`, it and not the server was measured. */
  readonly senderSeconds: number;
}

/** What a child says: where its clock starts, so that others can read theirs, and what it met. */
export type Word = { readonly kind: "warm" } | { readonly kind: "met"; readonly met: Met };

/** Runs a child that measures, and calls `whenWarm` at the moment from which it counts. */
export async function measured(child: string, task: unknown, whenWarm: () => void): Promise<Met> {
  const path = fileURLToPath(new URL(child, import.meta.url));
  const process = fork(path, { execArgv: ["--import", "tsx"] });
  const ended = once(process, "exit");
  const result = new Promise<Met>((resolve, reject) => {
    process.on("message", (word: Word) => (word.kind === "warm" ? whenWarm() : resolve(word.met)));
    process.once("exit", (code) => reject(new Error(`${child} ended with ${code}.`)));
  });
  process.send(task as object);
  const met = await result;
  await ended;
  return met;
}
