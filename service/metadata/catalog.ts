import { getTableName, sql } from "drizzle-orm";
import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";
import type { CopiedTable, SequenceState } from "../domain/copy-store.ts";
import { say } from "./cursor.ts";
import type { Session } from "./database.ts";
import { statement } from "./statement.ts";

/** What the database itself says of a column: it may be older or newer than what this program would make. */
export interface CatalogColumn {
  readonly name: string;
  /** As a cast takes it. */
  readonly type: string;
  /** Its numbers come from a sequence. */
  readonly isIdentity: boolean;
}

const COLUMNS = statement(
  "columns of a table",
  sql`SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attidentity <> ''
  FROM pg_attribute a WHERE a.attrelid = to_regclass(${sql.placeholder("table")}::text)
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum`,
);

/** None when there is no such table. */
export async function columnsIn(session: Session, table: string): Promise<readonly CatalogColumn[]> {
  const rows = await session.query(COLUMNS, { table: quoted(table) });
  return rows.map(([name, type, isIdentity]) => ({ name: `${name}`, type: `${type}`, isIdentity: isIdentity === "t" }));
}

export async function shapeOf(session: Session, table: PgTable): Promise<CopiedTable> {
  const name = getTableName(table);
  return { name, columns: (await columnsIn(session, name)).map((column) => column.name) };
}

/** Where the sequences of a table's identity columns are. */
export async function sequencesOf(session: Session, table: PgTable): Promise<readonly SequenceState[]> {
  const name = getTableName(table);
  const identities = (await columnsIn(session, name)).filter(({ isIdentity }) => isIdentity);
  const states: SequenceState[] = [];
  for (const { name: column } of identities) {
    const [found] = await say(session, `SELECT pg_get_serial_sequence('${quoted(name)}', '${column}')`);
    const [row] = await say(session, `SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM ${found?.[0]}`);
    states.push({ table: name, column, last: `${row?.[0]}` });
  }
  return states;
}

/** The columns of the primary key, for a stable order. */
export const keyOf = (table: PgTable): string => {
  const { primaryKeys, columns } = getTableConfig(table);
  const names = primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary);
  return names.map(({ name }) => quoted(name)).join(", ");
};

/** An identifier inside of SQL. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
