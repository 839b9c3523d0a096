import { sql } from "drizzle-orm";
import type { Row, Session } from "./database.ts";
import { statement } from "./statement.ts";

/** Rows of one page: some hundred kilobytes. */
const PAGE_ROWS = 1_000;

let cursors = 0;

/** Runs text that no parameter is part of. Its names must be ours. */
export const say = (session: Session, text: string): Promise<readonly Row[]> =>
  session.query(statement(text, sql.raw(text)), {});

/** The rows of a query in pages, so that of a table of any size only one is in memory. Only inside of a transaction. */
export async function* pagesOf(session: Session, query: string): AsyncGenerator<readonly Row[], void, void> {
  // A name of its own each time: a driver that keeps prepared statements would expect the columns of the one before.
  const name = `pages_${++cursors}`;
  await say(session, `DECLARE ${name} NO SCROLL CURSOR FOR ${query}`);
  while (true) {
    const page = await say(session, `FETCH ${PAGE_ROWS} FROM ${name}`);
    if (page.length > 0) yield page;
    if (page.length < PAGE_ROWS) break;
  }
  await say(session, `CLOSE ${name}`);
}
