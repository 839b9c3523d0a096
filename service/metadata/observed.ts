import type { CallWatch, Causes } from "../domain/telemetry.ts";
import type { Database, Session } from "./database.ts";
import type { Statement } from "./statement.ts";

/** Who watches the statements, and who follows requests into them. */
export interface Observers {
  readonly calls?: CallWatch | undefined;
  readonly causes?: Causes | undefined;
}

/** The database, each of whose statements `calls` is told of by its name, and by nothing else of it. */
export function observed<D extends Database>(database: D, calls: CallWatch | undefined): D {
  if (!calls) return database;
  const { lookUps } = database;
  return {
    ...database,
    ...(lookUps && { lookUps: queriesTold(lookUps, calls) }),
    ...queriesTold(database, calls),
    queryBehind: (first, statement, parameters) =>
      calls.call(kindOf(statement), () => database.queryBehind(first, statement, parameters)),
  };
}

const queriesTold = ({ query }: Session, calls: CallWatch): Session => ({
  query: (statement, parameters) => calls.call(kindOf(statement), () => query(statement, parameters)),
});

/** `list: key up …` has a text for each shape of a list; to who watches they are one. */
const kindOf = ({ name }: Statement): string => {
  const end = name.indexOf(":");
  return end === -1 ? name : name.slice(0, end);
};
