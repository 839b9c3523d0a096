import type { AddressInfo } from "node:net";
import { connect, createServer as createNetServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrationsUrl } from "../../test/support/pglite.ts";
import { freshDatabase } from "../../test/support/postgres.ts";
import { type Metadata, OutcomeUnknown } from "../domain/stores.ts";
import { openPostgres } from "./postgres.ts";
import { freshPlace, listOf, patch, put, whereOf } from "./suite-store.ts";

/** A wire to the server that can be cut. */
interface Wire {
  readonly url: string;
  /** Cuts each connection as soon as the server answers on it: what was asked has happened, and nobody learns it. */
  swallowAnswers(count: number): Promise<void>;
  /** Closes each new connection as soon as it was accepted, as a proxy without a server behind it does. */
  slamDoors(): void;
  close(): Promise<void>;
}

/** Longer than two calls of the bell are apart. */
const QUIET_MS = 120;

async function wireTo(url: string): Promise<Wire> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let answeredAt = 0;
  let swallow = 0;
  let slam = false;
  const server: Server = createNetServer((client) => {
    sockets.add(client);
    if (slam) return void client.end();
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined); // Cutting is what this wire is for.
      socket.on("close", () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on("data", (bytes) => {
      answeredAt = performance.now();
      if (swallow === 0) return void client.write(bytes);
      swallow--;
      client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: through.href,
    async swallowAnswers(count) {
      // What commits tell other replicas a little later is answered as well.
      while (performance.now() - answeredAt < QUIET_MS) await sleep(QUIET_MS);
      swallow = count;
    },
    slamDoors: () => {
      slam = true;
      hangUp();
    },
    close: async () => {
      hangUp();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const unavailable = { name: "Failure", fault: { kind: "unavailable" } };

describe.runIf(process.env["NSKV_TEST_DATABASE_URL"])("when Postgres or the way to it fails", () => {
  let url: string;
  let drop: () => Promise<void>;
  let wire: Wire;
  let cut: Metadata;
  let whole: Metadata;
  let sql: ReturnType<typeof postgres>;
  beforeAll(async () => {
    ({ url, drop } = await freshDatabase());
    // Four replicas that start at once: one of them migrates.
    const [first, ...others] = await Promise.all(
      Array.from({ length: 4 }, () => openPostgres({ url, migrations: migrationsUrl })),
    );
    await Promise.all(others.map((metadata) => metadata.close()));
    whole = first as Metadata;
    sql = postgres(url, { max: 4, onnotice: () => undefined });
    wire = await wireTo(url);
    cut = await openPostgres({ url: wire.url, migrations: migrationsUrl });
  });
  afterAll(async () => {
    await Promise.all([cut.close(), whole.close(), sql.end()]);
    await wire.close();
    await drop();
  });

  it("a lost answer is asked for again: the write happened once, and whoever asks knows it is not certain", async () => {
    const at = freshPlace();
    await cut.commit(put(freshPlace()));
    await wire.swallowAnswers(1);
    const { verdict, certain } = await cut.commit(put(at));
    expect(certain).toBe(false);
    expect(verdict).toMatchObject({ entry: { revision: 1 }, created: true });
    expect(await whole.find(at)).toMatchObject({ entry: { revision: 1 } });
  });

  it("a refusal after a lost answer is not certain either", async () => {
    const at = freshPlace();
    await cut.commit(put(at));
    await wire.swallowAnswers(1);
    expect(await cut.commit(put(at, { only: { kind: "absent" } }))).toMatchObject({
      verdict: { kind: "exists" },
      certain: false,
    });
  });

  it("two lost answers are an unknown outcome", async () => {
    const at = freshPlace();
    await cut.commit(put(freshPlace()));
    await wire.swallowAnswers(1_000);
    await expect(cut.commit(put(at))).rejects.toBeInstanceOf(OutcomeUnknown);
    await wire.swallowAnswers(0);
    expect((await cut.commit(put(at))).certain).toBe(true);
  });

  it("a look-up whose answer is lost is made again", async () => {
    const at = freshPlace();
    await cut.commit(put(at));
    await cut.find(at);
    await wire.swallowAnswers(1);
    expect(await cut.find(at)).toMatchObject({ state: "live" });
  });

  it("connections that the server ended are replaced", async () => {
    const at = freshPlace();
    await whole.commit(put(at));
    await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'namespace-kv' AND datname = current_database()`;
    expect(await whole.find(at)).toMatchObject({ state: "live" });
    expect((await whole.commit(put(at))).verdict).toMatchObject({ entry: { revision: 2 } });
  });

  it("a key that is purged while its writer waits is judged anew: nothing of it is kept", async () => {
    const at = freshPlace();
    await whole.commit(put(at, { description: "purged" }));
    const [patched, made] = await whileLocked(
      (purge) =>
        purge
          .unsafe(`DELETE FROM entries WHERE ${whereOf(at)}`)
          .then(() => purge.unsafe(`DELETE FROM revisions WHERE ${whereOf(at)}`)),
      () => [whole.commit(patch(at, { labels: { a: "b" } })), whole.commit(put(at))],
    );
    expect(patched?.verdict).toEqual({ kind: "absent" });
    expect(made?.verdict).toMatchObject({ created: true, entry: { revision: 1, description: undefined } });
  });

  it("a namespace that is deleted while a key is put into it is made anew", async () => {
    const at = freshPlace();
    await sql`INSERT INTO namespaces (tenant, name, created_at, created_by, updated_at, updated_by)
      VALUES (${at.tenant}, ${at.namespace}, now(), 'test', now(), 'test')`;
    const [made] = await whileLocked(
      (deletion) => deletion`DELETE FROM namespaces WHERE name = ${at.namespace}`,
      () => [whole.commit(put(at))],
    );
    expect(made).toMatchObject({ verdict: { kind: "written" }, certain: true });
    expect(await sql`SELECT created_by FROM namespaces WHERE name = ${at.namespace}`).toEqual([
      { created_by: "tester" },
    ]);
  });

  it("a server that only reads refuses writes as unavailable, and answers reads", async () => {
    const at = freshPlace();
    await whole.commit(put(at));
    const database = new URL(url).pathname.slice(1);
    await sql.unsafe(`ALTER DATABASE ${database} SET default_transaction_read_only = on`);
    const reader = new URL(url);
    const standby = openPostgres({ url: reader.href, migrations: migrationsUrl });
    await expect(standby).rejects.toMatchObject({ ...unavailable, cause: { code: "25006" } });
    await sql.unsafe(
      `SET default_transaction_read_only = off; ALTER DATABASE ${database} RESET default_transaction_read_only`,
    );
    expect(await whole.find(at)).toMatchObject({ state: "live" });
  });

  it("a way that accepts connections and ends them is unavailable, at once and for every call", async () => {
    wire.slamDoors();
    const at = freshPlace();
    const calls = [() => cut.find(at), () => cut.commit(put(at)), () => cut.list(listOf(at)), () => cut.ready()];
    // More often than there are connections.
    for (let round = 1; round <= 10; round++)
      for (const call of calls) await expect(call()).rejects.toMatchObject(unavailable);
  });

  it("of several servers the first that is up is taken", async () => {
    const several = url.replace("@", "@127.0.0.1:1,");
    const metadata = await openPostgres({ url: several, migrations: migrationsUrl });
    await metadata.ready();
    await metadata.close();
  });

  it("no server at all is unavailable", async () => {
    const nobody = new URL(url);
    nobody.host = "127.0.0.1:1";
    await expect(openPostgres({ url: nobody.href, migrations: migrationsUrl })).rejects.toMatchObject({
      ...unavailable,
      cause: { code: "ECONNREFUSED" },
    });
  });

  /** Starts `work` while a transaction holds what it needs, and lets that transaction end once all of it waits. */
  async function whileLocked<T>(
    hold: (transaction: postgres.TransactionSql) => PromiseLike<unknown>,
    work: () => readonly Promise<T>[],
  ): Promise<T[]> {
    let started: readonly Promise<T>[] = [];
    await sql.begin(async (transaction) => {
      await hold(transaction);
      started = work();
      for (let waiting = 0; waiting === 0; ) {
        const [row] = await sql`SELECT count(*)::int AS n FROM pg_stat_activity
          WHERE application_name = 'namespace-kv' AND wait_event_type = 'Lock' AND datname = current_database()`;
        waiting = Number(row?.["n"]);
      }
    });
    return Promise.all(started);
  }
});
