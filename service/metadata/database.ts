import { Failure } from "../domain/fault.ts";
import type { Parameters, Statement } from "./statement.ts";

/** Columns in the order of the statement, as Postgres prints them. */
export type Row = readonly (string | null)[];

/** What both databases can do. All else is SQL. */
export interface Database {
  /** Statements that may run at once without waiting for each other; PGlite has one session. */
  readonly parallel: number;
  /** True where only one process can have the database open, in one session: no two transactions are ever open at a time. */
  readonly alone?: true;
  /** What one statement may take, in milliseconds. */
  readonly msMax: number;
  /** Runs one statement in a transaction of its own. Fails with `DatabaseError` only. */
  query(statement: Statement, parameters: Parameters): Promise<readonly Row[]>;
  /** The same, in a transaction that runs `first` before: so `statement` sees all that was committed until `first` got its locks. */
  queryBehind(first: Statement, statement: Statement, parameters: Parameters): Promise<readonly Row[]>;
  /**
   * Runs `work` in one transaction, on a session of its own without limits of time. What `work` fails with passes as it
   * is and undoes all; the database fails with `DatabaseError`. Not for the requests of the service: each takes a connection.
   */
  transaction<T>(kind: TransactionKind, work: (session: Session) => Promise<T>): Promise<T>;
  /** Several statements without parameters, in order, on one session. */
  script(text: string): Promise<void>;
  /**
   * Calls `heard` when any process notifies the channel, until it is closed; a call may be lost. Missing where only one process
   * can have the database open.
   */
  listen?(channel: string, heard: () => void): Listening;
  /** `now` of `Stillness`. Missing where other processes can change the database. */
  readonly stillness?: () => number | undefined;
  /**
   * A connection that nobody else uses, and so the same session from statement to statement: what a look-up compares (see
   * snapshot.ts) means nothing in another. Missing where `stillness` says as much without a statement.
   */
  readonly lookUps?: Session;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

export interface Listening {
  close(): Promise<void>;
}
/** `snapshot` sees one state of all tables and changes none; `load` changes everything that it does or nothing. */
export type TransactionKind = "snapshot" | "load";

/** The inside of a transaction: one statement at a time. */
export type Session = Pick<Database, "query">;

/**
 * `unavailable`: nothing happened, and the same may succeed later. `lost`: the statement was sent and its answer
 * never came, so it may have happened. `again`: nothing happened, because others were in the way. `broken`: a bug.
 */
export type Trouble = "unavailable" | "lost" | "again" | "broken";

export class DatabaseError extends Error {
  readonly trouble: Trouble;

  /** `cause` keeps the driver's error for the operator's log. */
  constructor(trouble: Trouble, cause: unknown) {
    super(`database ${trouble}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "DatabaseError";
    this.trouble = trouble;
  }
}

/** What a SQLSTATE says about a statement whose error arrived (PostgreSQL manual, appendix A). Each of them rolled back. */
export function troubleOfSqlState(code: string): Trouble {
  // 23503: the namespace was deleted under a write; the next try makes it anew.
  // 22012: a batch of all or none was overtaken, or an object died meanwhile; nothing else divides.
  if (["40001", "40P01", "23503", "22012"].includes(code)) return "again";
  // 25006: a read-only standby. 55P03, 57014: lock or statement timeout. 3D000, 28xxx: the operator is still setting up.
  if (["25006", "55P03", "57014", "58030", "3D000"].includes(code)) return "unavailable";
  // 08xxx: a pooler between us and the server lost it, perhaps after the commit.
  if (code.startsWith("08")) return "lost";
  // 53xxx: connections, disk or memory are used up. 57Pxx: the server goes or comes.
  return /^(53|57P|28)/.test(code) ? "unavailable" : "broken";
}

/** What the caller is told of a statement that changed nothing. */
export function failureOf(error: unknown): unknown {
  if (!(error instanceof DatabaseError) || error.trouble === "broken") return error;
  return new Failure({ kind: "unavailable", reason: "The database does not answer." }, { cause: error.cause });
}
