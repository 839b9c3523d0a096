import { setTimeout as sleep } from "node:timers/promises";
import { type Commit, OutcomeUnknown, type Verdict, type Write } from "../domain/stores.ts";
import type { Job } from "./batching.ts";
import { LOCK } from "./commit-footing.ts";
import { parametersOf } from "./commit-input.ts";
import { commitIn } from "./commit-statement.ts";
import { type Database, DatabaseError, failureOf, type Row } from "./database.ts";
import { entryOf, lastChangeOf } from "./entry-row.ts";

export type CommitJob = Job<Write, Commit>;

/** Tries of one write: a writer elsewhere, a deadlock or a deleted namespace can each cost one. */
export const TRIES_MAX = 20;
export const PAUSE_MS_MAX = 20;
/** A connection that is lost takes its moment to come back. */
export const LOST_PAUSE_MS = 100;

/** How a batch is being tried. */
interface Attempt {
  readonly number: number;
  /** False once an answer was lost. */
  readonly certain: boolean;
}

/** Makes all of them happen, or says of each why not. No two of them have the same key. */
export async function commitAll(database: Database, jobs: readonly CommitJob[]): Promise<void> {
  await attempt(database, jobs, { number: 1, certain: true });
}

async function attempt(database: Database, jobs: readonly CommitJob[], at: Attempt): Promise<void> {
  const writes = jobs.map(({ item }) => item);
  let rows: readonly Row[];
  try {
    // Behind the locks the snapshot is newer than any other writer, so that a busy key cannot starve.
    rows = await (at.number === 1
      ? database.query(commitIn(database).each, parametersOf(writes))
      : database.queryBehind(LOCK, commitIn(database).each, parametersOf(writes)));
  } catch (error) {
    return recover(database, jobs, at, error);
  }
  const raced = new Set(jobs);
  for (const row of rows) {
    const job = jobs[Number(row[0]) - 1];
    if (!job) continue;
    raced.delete(job);
    job.resolve({ verdict: verdictOf(job.item, row), certain: at.certain });
  }
  if (raced.size > 0) await again(database, [...raced], at, new Error("Other writers were faster each time."));
}

async function recover(database: Database, jobs: readonly CommitJob[], at: Attempt, error: unknown): Promise<void> {
  const trouble = error instanceof DatabaseError ? error.trouble : "broken";
  if (trouble === "again") return again(database, jobs, at, error);
  if (trouble === "lost" && at.certain) {
    await sleep(LOST_PAUSE_MS);
    // Safe, however the first try ended: the statement knows each write by its ETag.
    return attempt(database, jobs, { number: at.number + 1, certain: false });
  }
  if (trouble === "broken" && jobs.length > 1) {
    // Something about one of them is beyond the database; its neighbours must not suffer.
    for (const job of jobs) await attempt(database, [job], at);
    return;
  }
  const answer = at.certain && trouble !== "lost" ? failureOf(error) : new OutcomeUnknown(error);
  for (const job of jobs) job.reject(answer);
}

async function again(database: Database, jobs: readonly CommitJob[], at: Attempt, error: unknown): Promise<void> {
  if (at.number >= TRIES_MAX) {
    const answer = at.certain ? failureOf(new DatabaseError("unavailable", error)) : new OutcomeUnknown(error);
    for (const job of jobs) job.reject(answer);
    return;
  }
  await sleep(Math.random() * PAUSE_MS_MAX);
  return attempt(database, jobs, { ...at, number: at.number + 1 });
}

/** What a row of the statement's answer says of its write. */
export function verdictOf({ at }: Write, row: Row): Verdict {
  const [, kind, created] = row;
  const entry = () => entryOf(at, row, 3);
  switch (kind) {
    case "written":
    case "repeated":
      return { kind, entry: entry(), created: created === "t" };
    case "exists":
      return { kind, current: lastChangeOf(entry()) };
    case "stale":
      return { kind, current: row[3] === null ? undefined : lastChangeOf(entry()) };
    case "reused":
    case "absent":
    case "past":
    case "late":
    case "pruned":
      return { kind };
    default:
      throw new Error(`The database gave the verdict ${kind}.`);
  }
}
