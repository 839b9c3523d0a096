import postgres from "postgres";
import { STORE_SECONDS } from "../../api/limits.ts";
import {
  type Database,
  DatabaseError,
  type Row,
  type Session,
  type TransactionKind,
  type Trouble,
  troubleOfSqlState,
} from "./database.ts";
import { keepListening } from "./postgres-listener.ts";
import { CLOSE_SECONDS_MAX, createPool } from "./postgres-pool.ts";
import { openSocket } from "./postgres-socket.ts";
import { serversOf } from "./postgres-url.ts";
import { inOrder, type Parameters, type Statement } from "./statement.ts";

/** Statements of one kind that run at once; with batches, more gain nothing (measured: 2 of 128 saturate two cores). */
const PARALLEL = 2;
/** Writes and lists, each PARALLEL, and three to spare: postgres.js would else line up one behind another. Look-ups have their own. */
const CONNECTIONS_MAX = 2 * PARALLEL + 3;
const CONNECT_SECONDS_MAX = 5;
const LOCK_MS_MAX = 10_000;
const IDLE_SECONDS_MAX = 30;
/** Of what a statement may take: or it would be cut off while the server still works on it. */
const SILENT_SHARE = 1.5;

type Sql = ReturnType<typeof postgres>;

/** Opens no connection yet. `url` is a Postgres URL; its query may hold `sslmode` and the like. One statement may take `msMax`. */
export function createPostgresDatabase(url: string, msMax = STORE_SECONDS * 1_000): Database {
  const settings = {
    ...AS_TEXT,
    statement_timeout: msMax,
    lock_timeout: Math.min(LOCK_MS_MAX, msMax),
    idle_in_transaction_session_timeout: msMax,
    // Every statement is written for the plan that fits all parameters; to plan the commit anew costs more than to run it.
    plan_cache_mode: "force_generic_plan",
    // A plan is kept, also one that was made while a table had three rows and to read it whole was cheapest.
    enable_seqscan: "off",
    jit: "off",
  };
  const pool = (max: number) => createPool(() => connectTo(url, max, msMax * SILENT_SHARE, settings), isBroken);
  const [lookUps, { use, close }] = [pool(1), pool(CONNECTIONS_MAX)];
  return {
    parallel: PARALLEL,
    msMax,
    query: (statement, parameters) => translated(() => use((sql) => run(sql, statement, parameters))),
    lookUps: {
      query: (statement, parameters) => translated(() => lookUps.use((sql) => run(sql, statement, parameters))),
    },
    queryBehind: (first, statement, parameters) =>
      translated(() =>
        use((sql) =>
          sql.begin(async (transaction) => {
            await run(transaction, first, parameters);
            return run(transaction, statement, parameters);
          }),
        ),
      ),
    transaction: (kind, work) => inTransaction(url, BEGIN[kind], work),
    async script(text) {
      // A connection of its own, without limits of time: a migration of large tables may take long.
      const once = connectTo(url, 1, 0, WITHOUT_LIMITS);
      await translated(() => once.unsafe(text)).finally(() => once.end());
    },
    listen: (channel, heard) =>
      keepListening(
        // No limit of silence either: a quiet connection is what it waits on, and TCP finds out when the peer is gone.
        (events) => connectTo(url, 1, 0, {}, { ...events, idle_timeout: 0, max_lifetime: null }),
        channel,
        heard,
      ),
    close: async () => void (await Promise.all([lookUps.close(), close()])),
  };
}

/** How values look when they come back as text. */
const AS_TEXT = { TimeZone: "UTC", DateStyle: "ISO" } as const;

/** Whatever the server, the database or the role has for others. As text: postgres.js leaves out what is falsy. */
const WITHOUT_LIMITS = { statement_timeout: "0", lock_timeout: "0", idle_in_transaction_session_timeout: "0" } as const;

const BEGIN: Readonly<Record<TransactionKind, string>> = {
  snapshot: "isolation level repeatable read read only",
  load: "isolation level read committed",
};

/** Whole tables pass through, so that nothing here waits for a limit; the server ends it when the connection does. */
async function inTransaction<T>(url: string, begin: string, work: (session: Session) => Promise<T>): Promise<T> {
  const once = connectTo(url, 1, 0, { ...AS_TEXT, ...WITHOUT_LIMITS });
  let theirs: { readonly error: unknown } | undefined;
  const guarded = async (sql: Pick<Sql, "unsafe">): Promise<{ readonly answer: T }> => {
    try {
      return { answer: await work({ query: (...asked) => translated(() => run(sql, ...asked)) }) };
    } catch (error) {
      theirs = { error };
      throw error;
    }
  };
  try {
    const { answer } = await once.begin(begin, guarded);
    return answer;
  } catch (error) {
    throw theirs ? theirs.error : new DatabaseError(troubleOf(error), error);
  } finally {
    await once.end({ timeout: CLOSE_SECONDS_MAX });
  }
}

function connectTo(
  url: string,
  max: number,
  silentMs: number,
  settings: Record<string, string | number>,
  more: object = {},
): Sql {
  const servers = serversOf(url);
  const options = {
    // One name alone, or postgres.js would choose among them by itself, without end while none is up.
    host: servers[0]?.host ?? "localhost",
    max,
    connect_timeout: CONNECT_SECONDS_MAX,
    idle_timeout: IDLE_SECONDS_MAX,
    // Else a request would wait up to 20 seconds before it tries a server that is back since long.
    backoff: () => 0,
    // All values travel as text and come back as text.
    fetch_types: false,
    types: { text: { to: 25, from: ALL_TYPES, serialize: String, parse: asIs } },
    onnotice: () => undefined,
    connection: { application_name: "namespace-kv", ...settings },
    // In postgres.js's code, though not in its types.
    socket: () => openSocket(servers, CONNECT_SECONDS_MAX * 1_000, silentMs),
    ...more,
  };
  return postgres(url, options);
}

const asIs = (text: string): string => text;

/** bool, bytea, int8, int2, int4, text, json, float, timestamps, numeric, uuid, jsonb, by their OIDs in pg_type. */
const ALL_TYPES = [16, 17, 20, 21, 23, 25, 114, 700, 701, 1082, 1114, 1184, 1700, 2950, 3802];

async function run(sql: Pick<Sql, "unsafe">, statement: Statement, parameters: Parameters): Promise<readonly Row[]> {
  const prepare = !statement.passing;
  return sql.unsafe(statement.text, inOrder(statement, parameters), { prepare }).values() as Promise<Row[]>;
}

async function translated<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new DatabaseError(troubleOf(error), error);
  }
}

/** Codes of Node and of postgres.js for a statement that never left. */
const NEVER_SENT = new Set([
  "CONNECT_TIMEOUT",
  "CONNECT_CLOSED",
  "NOT_POSTGRES",
  "CONNECTION_ENDED",
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "EACCES",
]);

/** Whether a connection went away under a statement, or does not get to its feet. A refused one is none. */
const isBroken = (error: unknown): boolean =>
  troubleOf(error) === "lost" || (error instanceof Error && "code" in error && error.code === "CONNECT_TIMEOUT");

export function troubleOf(error: unknown): Trouble {
  if (error instanceof postgres.PostgresError) return troubleOfSqlState(error.code);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code !== "string") return "broken";
  return NEVER_SENT.has(code) ? "unavailable" : "lost";
}
