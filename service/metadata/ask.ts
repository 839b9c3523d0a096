import { setTimeout as sleep } from "node:timers/promises";
import { type Database, DatabaseError, failureOf, type Row } from "./database.ts";
import type { Parameters, Statement } from "./statement.ts";

const TRIES_MAX = 5;
const PAUSE_MS_MAX = 50;

/**
 * Runs a statement that may as well run twice: one that others were in the way of, or whose answer was lost, is sent
 * again. Fails with `unavailable`.
 */
export async function ask(database: Database, statement: Statement, parameters: Parameters): Promise<readonly Row[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await database.query(statement, parameters);
    } catch (error) {
      const passing = error instanceof DatabaseError && (error.trouble === "again" || error.trouble === "lost");
      if (!passing || tries === TRIES_MAX) throw failureOf(error);
      await sleep(Math.random() * PAUSE_MS_MAX);
    }
  }
}
