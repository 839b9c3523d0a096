import { setTimeout as sleep } from "node:timers/promises";
import { type CommitAll, OutcomeUnknown, type Verdict, type Write } from "../domain/stores.ts";
import { LOST_PAUSE_MS, PAUSE_MS_MAX, TRIES_MAX, verdictOf } from "./commit.ts";
import { LOCK } from "./commit-footing.ts";
import { parametersOf } from "./commit-input.ts";
import { commitIn } from "./commit-statement.ts";
import { type Database, DatabaseError, failureOf, type Row } from "./database.ts";

/** Makes all of them happen, or none and says why. No two of them have the same key. Fails as `Metadata.commit` does. */
export async function commitTogether(database: Database, writes: readonly Write[]): Promise<CommitAll> {
  const parameters = parametersOf(writes);
  let certain = true;
  let failure: unknown = new Error("Other writers were faster each time.");
  for (let number = 1; number <= TRIES_MAX; number++) {
    try {
      // Behind the locks the snapshot is newer than any other writer of what is there; see `commit.ts`.
      const rows = await (number === 1
        ? database.query(commitIn(database).all, parameters)
        : database.queryBehind(LOCK, commitIn(database).all, parameters));
      if (rows.length === writes.length) return answerOf(writes, rows, certain);
      await sleep(Math.random() * PAUSE_MS_MAX); // some raced, and so none was made
    } catch (error) {
      failure = error;
      const trouble = error instanceof DatabaseError ? error.trouble : "broken";
      if (trouble === "lost" && certain) {
        certain = false;
        // Safe, however the first try ended: the statement knows each write by its ETag.
        await sleep(LOST_PAUSE_MS);
      } else if (trouble === "again") await sleep(Math.random() * PAUSE_MS_MAX);
      else throw certain && trouble !== "lost" ? failureOf(error) : new OutcomeUnknown(error);
    }
  }
  throw certain ? failureOf(new DatabaseError("unavailable", failure)) : new OutcomeUnknown(failure);
}

function answerOf(writes: readonly Write[], rows: readonly Row[], certain: boolean): CommitAll {
  const verdicts: (Verdict | undefined)[] = writes.map(() => undefined);
  for (const row of rows) {
    const index = Number(row[0]) - 1;
    const write = writes[index];
    if (write && row[1] !== "held") verdicts[index] = verdictOf(write, row);
  }
  const happened = verdicts.every((verdict, index) => verdict !== undefined && isNoRefusal(verdict, writes[index]));
  return { happened, verdicts, certain };
}

const isNoRefusal = ({ kind }: Verdict, write: Write | undefined): boolean =>
  kind === "written" || kind === "repeated" || (kind === "absent" && write?.action === "delete");
