import { PGlite, protocol } from "@electric-sql/pglite";
import { DurableNodeFS } from "./durable-fs.ts";
import { rowsIn, stateAfter } from "./pglite-answer.ts";

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
    // As long as the log gets between two checkpoints of pglite-upkeep.ts, so that its files are used again and not removed
    // and made anew: a new one costs as much as 20 syncs.
    "min_wal_size=192MB",
    "max_wal_size=192MB",
  ].flatMap((setting) => ["-c", setting]),
];

/** Outside of a transaction (PostgreSQL manual, "Message Formats", ReadyForQuery). */
const IDLE = "I";

/** One PGlite in this thread. Calls must not overlap. What they answer is for `rowsIn`, also when it is an error. */
export interface Session {
  /** A statement that is `passing` is not kept for the next time. */
  query(text: string, parameters: readonly (string | null)[], passing?: true): Promise<Uint8Array<ArrayBuffer>>;
  script(text: string): Promise<Uint8Array<ArrayBuffer>>;
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

  async function send(...parts: Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
    const pieces: Uint8Array[] = [];
    // A piece is a view of Postgres's own memory.
    const onRawData = (bytes: Uint8Array) => void pieces.push(bytes.slice());
    await pglite.execProtocolRawStream(joined(parts), { syncToFs: false, onRawData });
    const answer = joined(pieces);
    const state = stateAfter(answer);
    // PGlite swallows whatever breaks off inside; what it answers then is no whole answer.
    if (state === undefined) crashed();
    idle = state === IDLE;
    return answer;
  }

  return {
    async query(text, parameters, passing) {
      const values = [...parameters];
      if (passing)
        return send(serialize.parse({ text }), serialize.bind({ values }), serialize.execute({}), serialize.sync());
      const name = prepared.get(text) ?? `s${prepared.size}`;
      if (!prepared.has(text)) {
        rowsIn(await send(serialize.parse({ name, text }), serialize.sync())); // fails where the text is refused
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

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
