import { messages, PGlite, protocol } from "@electric-sql/pglite";
import type { Row } from "./database.ts";
import { DurableNodeFS } from "./durable-fs.ts";

const { serialize } = protocol;

/** PGlite's own, without its `-F`, which turns fsync off, and with what an embedded store of metadata needs. */
const START_PARAMETERS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== "-F"),
  ...[
    "fsync=on",
    // Emscripten's fdatasync, the default here, does nothing.
    "wal_sync_method=fsync",
    // As in postgres-database.ts, for the same reasons.
    "plan_cache_mode=force_generic_plan",
    "enable_seqscan=off",
    "shared_buffers=32MB",
    "min_wal_size=32MB",
    "max_wal_size=64MB",
  ].flatMap((setting) => ["-c", setting]),
];

/** Outside of a transaction (PostgreSQL manual, "Message Formats", ReadyForQuery). */
const IDLE = "I";

/** One PGlite in this thread. Calls must not overlap. */
export interface Session {
  /** A statement that is `passing` is not kept for the next time. */
  query(text: string, parameters: readonly (string | null)[], passing?: true): Promise<readonly Row[]>;
  script(text: string): Promise<readonly Row[]>;
  syncs(): number;
  /** Whether no transaction is open. */
  isIdle(): boolean;
  close(): Promise<void>;
}

/** Opens the database in `folder`, or makes one. `crashed` is called when Postgres panics. */
export async function openSession(folder: string, crashed: () => void): Promise<Session> {
  const fs = new DurableNodeFS(folder, crashed);
  const pglite = await PGlite.create({ fs, startParams: START_PARAMETERS });
  /** By text, since Postgres cuts long names and would take two for one. */
  const prepared = new Map<string, string>();

  let idle = true;

  async function send(...parts: Uint8Array[]): Promise<readonly Row[]> {
    const { messages: answers } = await pglite.execProtocol(joined(parts), { syncToFs: false });
    const last = answers.at(-1);
    // PGlite swallows whatever breaks off inside; what it answers then is no whole answer.
    if (!(last instanceof messages.ReadyForQueryMessage)) crashed();
    else idle = last.status === IDLE;
    return answers.flatMap((answer) => (answer instanceof messages.DataRowMessage ? [answer.fields] : []));
  }

  return {
    async query(text, parameters, passing) {
      const values = [...parameters];
      if (passing)
        return send(serialize.parse({ text }), serialize.bind({ values }), serialize.execute({}), serialize.sync());
      const name = prepared.get(text) ?? `s${prepared.size}`;
      if (!prepared.has(text)) {
        await send(serialize.parse({ name, text }), serialize.sync());
        prepared.set(text, name);
      }
      return send(serialize.bind({ statement: name, values }), serialize.execute({}), serialize.sync());
    },
    script: (text) => send(serialize.query(text)),
    syncs: () => fs.syncs,
    isIdle: () => idle,
    close: () => pglite.close(),
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
