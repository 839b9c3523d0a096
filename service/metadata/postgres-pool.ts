import { coded } from "./coded.ts";
import { DatabaseError } from "./database.ts";
import { inTurn } from "./in-turn.ts";

/** What of a client of postgres.js, with one connection, a pool needs. */
interface Client {
  end(options: { readonly timeout: number }): Promise<void>;
}

export interface PoolRules {
  readonly connectionsMax: number;
  /** Works that share one connection at once. A transaction needs it for itself. */
  readonly sharersMax: number;
  readonly idleMsMax: number;
}

export interface Pool<Sql> {
  /** Runs `work` on a connection, and passes its failure on. Fails when the connection closes, whatever `work` waits for. */
  use<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface Member<Sql> {
  readonly sql: Sql;
  readonly bornAt: number;
  /** Whether anything has succeeded on it. */
  proven: boolean;
  /** How to tell each work under way that the connection is gone. */
  readonly users: Set<(error: Error) => void>;
  idle: NodeJS.Timeout | undefined;
}

/** By then nothing is under way. postgres.js waits for ever for a connection that broke during a statement. */
const CLOSE_SECONDS_MAX = 1;
/** A session that is renewed now and then finds its server anew, and gives back the memory that the server holds for it. */
const LIFE_MS_MAX = 45 * 60_000;

/**
 * Connections that are used until they close, and never after. The pool of postgres.js (3.4.9) opens its connections
 * again, and they bring three things along. A statement that came between the error of a connection and its close is never
 * answered, or later with no rows at all. What was to be written when it closed leaves a timer that is taken for set
 * from then on, so that nothing is written again. And the ROLLBACK of a transaction goes to a socket that is no more,
 * which ends the process.
 * @param connect makes a client that calls back when its connection has closed
 */
export function createPool<Sql extends Client>(
  connect: (onClose: () => void) => Sql,
  { connectionsMax, sharersMax, idleMsMax }: PoolRules,
): Pool<Sql> {
  const members = new Set<Member<Sql>>();
  const inLine = inTurn(connectionsMax * sharersMax);
  let closed = false;

  function join(): Member<Sql> {
    const sql = connect(() => lost(member));
    const member: Member<Sql> = { sql, bornAt: performance.now(), proven: false, users: new Set(), idle: undefined };
    members.add(member);
    return member;
  }

  function lost(member: Member<Sql>): void {
    clearTimeout(member.idle);
    // What took away one that had been good, a restart or a firewall, has mostly taken the others too.
    if (members.delete(member) && member.proven) for (const one of members) leave(one);
    // Whom postgres.js tells itself why the connection closed, it has told by then.
    setImmediate(() => {
      for (const lose of member.users) lose(new DatabaseError("lost", coded("CONNECTION_CLOSED")));
    });
  }

  /** First out of the pool and then ended: no work shall come to a connection that ends. */
  function leave(member: Member<Sql>): void {
    clearTimeout(member.idle);
    members.delete(member);
    if (member.users.size === 0) end(member);
  }

  function rest(member: Member<Sql>): void {
    if (!members.has(member)) end(member);
    else if (performance.now() - member.bornAt > LIFE_MS_MAX) leave(member);
    else member.idle = setTimeout(leave, idleMsMax, member);
  }

  return {
    use: (work) =>
      inLine(async () => {
        if (closed) throw new DatabaseError("unavailable", coded("CONNECTION_ENDED"));
        const member = [...members].find(({ users }) => users.size < sharersMax) ?? join();
        clearTimeout(member.idle);
        let lose: (error: Error) => void = () => undefined;
        const isLost = new Promise<never>((_, reject) => {
          lose = reject;
        });
        member.users.add(lose);
        try {
          const answer = await Promise.race([work(member.sql), isLost]);
          member.proven = true;
          return answer;
        } catch (error) {
          // What was refused before anything succeeded is about to close: what came to it now would be lost, and not refused.
          if (!member.proven) members.delete(member);
          throw error;
        } finally {
          member.users.delete(lose);
          if (member.users.size === 0) rest(member);
        }
      }),
    async close() {
      closed = true;
      const ends = [...members].map(({ idle, sql }) => {
        clearTimeout(idle);
        return sql.end({ timeout: CLOSE_SECONDS_MAX });
      });
      members.clear();
      await Promise.all(ends);
    },
  };
}

/** Nobody waits for it, and nothing depends on how it ends. */
const end = ({ sql }: Member<Client>): void => void sql.end({ timeout: CLOSE_SECONDS_MAX }).catch(() => undefined);
