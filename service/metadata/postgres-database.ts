import postgres from "postgres";
import { STORE_SECONDS } from "../../api/limits.ts";
import {
  type Database,
  DatabaseError,
  type Row,
  type TransactionKind,
  type Trouble,
  troubleOfSqlState,
} from "./database.ts";
import { keepListening } from "./postgres-listener.ts";
import { createPool } from "./postgres-pool.ts";
import { onlyOnce, openSocket, wasNeverSent } from "./postgres-socket.ts";
import { tlsOf } from "./postgres-tls.ts";
import { serversOf, withoutTls } from "./postgres-url.ts";
import { inOrder, type Parameters, type Statement } from "./statement.ts";

/** Statements of one kind that run at once; with batches, more gain nothing (measured: 2 of 128 saturate two cores). */
const PARALLEL = 2;
/** Writes and lists, each PARALLEL, and three to spare: postgres.js would else line up one behind another. Look-ups have their own. */
const CONNECTIONS_MAX = 2 * PARALLEL + 3;
const CONNECT_SECONDS_MAX = 5;
const LOCK_MS_MAX = 10_000;
const IDLE_MS_MAX = 30_000;
/** Of what a statement may take: or it would be cut off while the server still works on it. */
const SILENT_SHARE = 1.5;

type Sql = ReturnType<typeof postgres>;

/**
 * Opens no connection yet. `url` is a Postgres URL; its query may hold `sslmode` and the like. One statement may take `msMax`.
 * Fails with `unavailable` when the URL cannot be understood.
 */
export function createPostgresDatabase(url: string, msMax = STORE_SECONDS * 1_000): Database {
  tlsOf(url); // or it would fail with the first connection
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
  const pool = (connectionsMax: number, sharersMax: number) =>
    createPool((onclose) => connectTo(url, msMax * SILENT_SHARE, settings, { onclose }), {
      connectionsMax,
      sharersMax,
      idleMsMax: Math.min(IDLE_MS_MAX, msMax),
    });
  const [lookUps, { use, close }] = [pool(1, PARALLEL), pool(CONNECTIONS_MAX, 1)];
  return {
    parallel: PARALLEL,
    msMax,
    query: (statement, parameters) => use((sql) => run(sql, statement, parameters)),
    lookUps: { query: (statement, parameters) => lookUps.use((sql) => run(sql, statement, parameters)) },
    queryBehind: (first, statement, parameters) =>
      use((sql) =>
        inTransaction(sql, "BEGIN", async () => {
          await run(sql, first, parameters);
          return run(sql, statement, parameters);
        }),
      ),
    transaction: (kind, work) =>
      alone(url, (sql) => inTransaction(sql, BEGIN[kind], () => work({ query: (...asked) => run(sql, ...asked) }))),
    script: (text) => alone(url, async (sql) => void (await say(sql, text))),
    listen: (channel, heard) =>
      keepListening(
        // No limit of silence: a quiet connection is what it waits on, and TCP finds out when the peer is gone.
        (events) => connectTo(url, 0, {}, events),
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
  snapshot: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
  load: "BEGIN ISOLATION LEVEL READ COMMITTED",
};

/** On a connection of its own, without limits of time: whole tables pass through, or are changed. */
async function alone<T>(url: string, work: (sql: Sql) => Promise<T>): Promise<T> {
  const settings = { ...AS_TEXT, ...WITHOUT_LIMITS };
  const { use, close } = createPool((onclose) => connectTo(url, 0, settings, { onclose }), {
    connectionsMax: 1,
    sharersMax: 1,
    idleMsMax: IDLE_MS_MAX,
  });
  return use(work).finally(close);
}

/** Whoever calls it has the connection for himself. When that goes away, the server undoes all. */
async function inTransaction<T>(sql: Sql, begin: string, work: () => Promise<T>): Promise<T> {
  await say(sql, begin);
  try {
    const answer = await work();
    const { command } = await say(sql, "COMMIT");
    // What Postgres makes of a COMMIT behind a statement that failed is no error to it.
    if (command !== "COMMIT") throw new Error(`A transaction ended with ${command}: one of its statements had failed.`);
    return answer;
  } catch (error) {
    await sql.unsafe("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** A client with one connection, which calls `onclose` when that is gone. Whoever uses it ends it. */
function connectTo(
  url: string,
  silentMs: number,
  settings: Record<string, string | number>,
  events: { readonly onclose: () => void; readonly onnotify?: () => void },
): Sql {
  const servers = serversOf(url);
  const options = {
    // One name alone, or postgres.js would choose among them by itself, without end while none is up.
    host: servers[0]?.host ?? "localhost",
    max: 1,
    connect_timeout: CONNECT_SECONDS_MAX,
    // A connection that ends by itself would take the statement along that comes at this moment.
    idle_timeout: 0,
    max_lifetime: null,
    // All values travel as text and come back as text.
    fetch_types: false,
    types: { text: { to: 25, from: ALL_TYPES, serialize: String, parse: asIs } },
    onnotice: () => undefined,
    connection: { application_name: "namespace-kv", ...settings },
    // The socket is encrypted already.
    ssl: false,
    // In postgres.js's code, though not in its types.
    socket: onlyOnce(() => openSocket(servers, CONNECT_SECONDS_MAX * 1_000, silentMs, tlsOf(url))),
    ...events,
  };
  return postgres(withoutTls(url), options);
}

const asIs = (text: string): string => text;

/** bool, bytea, int8, int2, int4, text, json, float, timestamps, numeric, uuid, jsonb, by their OIDs in pg_type. */
const ALL_TYPES = [16, 17, 20, 21, 23, 25, 114, 700, 701, 1082, 1114, 1184, 1700, 2950, 3802];

const run = (sql: Sql, statement: Statement, parameters: Parameters): Promise<readonly Row[]> =>
  translated(() => {
    const prepare = !statement.passing;
    return sql.unsafe(statement.text, inOrder(statement, parameters), { prepare }).values() as Promise<Row[]>;
  });

/** Without parameters, and several statements if need be. */
const say = (sql: Sql, text: string) => translated(() => sql.unsafe(text));

async function translated<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new DatabaseError(troubleOf(error), error);
  }
}

/** Codes of postgres.js itself for a statement that never left. */
const NEVER_SENT = ["CONNECT_TIMEOUT", "CONNECTION_ENDED"];

export function troubleOf(error: unknown): Trouble {
  if (error instanceof postgres.PostgresError) return troubleOfSqlState(error.code);
  if (!(error instanceof Error && "code" in error && typeof error.code === "string")) return "broken";
  return wasNeverSent(error) || NEVER_SENT.includes(error.code) ? "unavailable" : "lost";
}
