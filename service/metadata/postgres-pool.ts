import { DatabaseError } from "./database.ts";
import { inTurn } from "./in-turn.ts";
import { coded } from "./postgres-socket.ts";

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
  /** How to tell each work under way that the connection is gone. */
  readonly users: Set<(error: Error) => void>;
  idle: NodeJS.Timeout | undefined;
}

/** By then nothing is under way. postgres.js waits for ever for a connection that broke during a statement. */
export const CLOSE_SECONDS_MAX = 1;
/** A session that is renewed now and then finds its server anew, and gives back the memory that the server holds for it. */
const LIFE_MS_MAX = 45 * 60_000;

/**
 * Connections that are used until they close, and never after. postgres.js (3.4.9) has a pool of its own, whose connections
 * come back after they have closed, and bring three things along. A statement that was given to one between
 * its error and its close is never answered, or later with no rows at all. What was to be written when it closed clears a
 * timer that postgres.js takes for set from then on, so that it never writes again. And the ROLLBACK of a transaction is
 * written to the socket that is gone, which ends the process.
 * @param connect calls back once, when the connection closes
 */
export function createPool<Sql extends Client>(
  connect: (onClose: () => void) => Sql,
  { connectionsMax, sharersMax, idleMsMax }: PoolRules,
): Pool<Sql> {
  const members = new Set<Member<Sql>>();
  const inLine = inTurn(connectionsMax * sharersMax);
  let closed = false;

  function join(): Member<Sql> {
    const member: Member<Sql> = {
      sql: connect(() => {
        leave(member, 0);
        // Whom postgres.js tells itself why it closed, it has told by then.
        setImmediate(() => {
          for (const lose of member.users) lose(new DatabaseError("lost", coded("CONNECTION_CLOSED")));
        });
      }),
      bornAt: performance.now(),
      users: new Set(),
      idle: undefined,
    };
    members.add(member);
    return member;
  }

  /** First out of the pool and then ended, so that no work is given to a connection that ends. Nobody waits for it. */
  function leave(member: Member<Sql>, timeout: number): void {
    clearTimeout(member.idle);
    members.delete(member);
    void member.sql.end({ timeout }).catch(() => undefined);
  }

  function rest(member: Member<Sql>): void {
    if (!members.has(member)) return;
    if (performance.now() - member.bornAt > LIFE_MS_MAX) leave(member, CLOSE_SECONDS_MAX);
    else member.idle = setTimeout(() => leave(member, CLOSE_SECONDS_MAX), idleMsMax);
  }

  return {
    use: (work) =>
      inLine(async () => {
        if (closed) throw new DatabaseError("unavailable", coded("CONNECTION_ENDED"));
        const member = [...members].find(({ users }) => users.size < sharersMax) ?? join();
        clearTimeout(member.idle);
        let lose: (error: Error) => void = () => undefined;
        const lost = new Promise<never>((_, reject) => {
          lose = reject;
        });
        member.users.add(lose);
        try {
          return await Promise.race([work(member.sql), lost]);
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
