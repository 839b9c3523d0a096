import { sql } from "drizzle-orm";
import { RESTORE_LEAP } from "../../api/limits.ts";
import type { CopiedTable, Loading, SequenceState } from "../domain/copy-store.ts";
import { arrayLiteral } from "./array-literal.ts";
import { columnsIn, quoted } from "./catalog.ts";
import { say } from "./cursor.ts";
import type { Session } from "./database.ts";
import { type Statement, statement } from "./statement.ts";

/** Rows that were copied from a database of the same schema, whatever servers the two run on. */
export function createLoading(session: Session): Loading {
  const prepared = new Map<string, Statement>();
  return {
    async add(table, rows) {
      const insert = prepared.get(table.name) ?? (await insertInto(session, table));
      prepared.set(table.name, insert);
      const parameters = table.columns.map((_, index) => [`c${index}`, arrayLiteral(rows.map((row) => row[index]))]);
      await session.query(insert, Object.fromEntries(parameters));
    },
  };
}

/** The catalog has the types; a table or a column that it does not have is not ours to guess. */
async function insertInto(session: Session, { name, columns }: CopiedTable): Promise<Statement> {
  const types = new Map((await columnsIn(session, name)).map((column) => [column.name, column.type]));
  const unknown = columns.find((column) => !types.has(column));
  if (unknown !== undefined) throw new Error(`The database has no column ${unknown} in a table ${name}.`);
  const names = sql.raw(columns.map(quoted).join(", "));
  const arrays = columns.map(
    (column, index) => sql`${sql.placeholder(`c${index}`)}::${sql.raw(`${types.get(column)}[]`)}`,
  );
  return statement(
    `load ${name}`,
    sql`INSERT INTO ${sql.raw(quoted(name))} (${names}) OVERRIDING SYSTEM VALUE
  SELECT * FROM unnest(${sql.join(arrays, sql.raw(", "))})`,
  );
}

/** `last` is where the sequence was; what was given out after the copy may be in somebody's hands as well. */
export async function goOnAbove(session: Session, sequences: readonly SequenceState[]): Promise<void> {
  for (const { table, column, last } of sequences) {
    if (!/^\d+$/.test(last)) throw new Error(`No number of a sequence: ${last}`);
    const known = (await columnsIn(session, table)).some(({ name, isIdentity }) => isIdentity && name === column);
    if (!known) throw new Error(`The database has no sequence for ${column} in a table ${table}.`);
    const sequence = `pg_get_serial_sequence('${quoted(table)}', '${column}')`;
    await say(session, `SELECT setval(${sequence}, ${last}::bigint + ${RESTORE_LEAP})`);
  }
}
