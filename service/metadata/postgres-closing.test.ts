import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConnectionOptions } from "node:tls";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { freshDatabase } from "../../test/support/postgres.ts";
import type { Database } from "./database.ts";
import { createPostgresDatabase } from "./postgres-database.ts";

const NEW_SOCKETS = "net.client.socket";
const encrypted = vi.hoisted((): Socket[] => []);
/** Nothing else tells of the sockets that encrypt. */
vi.mock("node:tls", async (original) => {
  const tls = await original<typeof import("node:tls")>();
  const connect = (options: ConnectionOptions) => {
    const socket = tls.connect(options);
    encrypted.push(socket);
    return socket;
  };
  return { ...tls, connect };
});
const say = (text: string) => ({ name: "said", text, parameters: [] });
const ONE = say("SELECT 1");
const LOST = { name: "DatabaseError", trouble: "lost" };

const WAYS = [
  { way: "in plain text", parameters: "", runs: process.env["NSKV_TEST_DATABASE_URL"] },
  { way: "over TLS", parameters: "?sslmode=require", runs: process.env["NSKV_TEST_DATABASE_CERTIFICATE"] },
].filter(({ runs }) => runs);

describe.each(WAYS)("a connection to Postgres that closes, $way", ({ parameters }) => {
  let database: Database;
  let drop: () => Promise<void>;
  let sockets: Socket[];
  const noticed = (message: unknown) => void sockets.push((message as { readonly socket: Socket }).socket);
  const latest = () => sockets.at(-1) as Socket;
  beforeEach(async () => {
    const fresh = await freshDatabase();
    drop = fresh.drop;
    sockets = parameters ? encrypted : [];
    sockets.length = 0;
    if (!parameters) subscribe(NEW_SOCKETS, noticed);
    database = createPostgresDatabase(`${fresh.url}${parameters}`);
  });
  afterEach(async () => {
    unsubscribe(NEW_SOCKETS, noticed);
    await database.close();
    await drop();
  });

  it.each([
    { kind: "a statement", ask: () => database.query(ONE, {}) },
    { kind: "a look-up", ask: () => (database.lookUps as NonNullable<Database["lookUps"]>).query(ONE, {}) },
    { kind: "a transaction", ask: () => database.queryBehind(ONE, ONE, {}) },
  ])("$kind that comes between its error and its end fails, and is not answered with nothing", async ({ ask }) => {
    await ask();
    const [error, close] = ["error", "close"].map((event) => new Promise((resolve) => latest().once(event, resolve)));
    latest().destroy(Object.assign(new Error("reset on purpose"), { code: "ECONNRESET" }));
    await error;
    const between = ask().then(
      (rows) => ({ rows }),
      (error: unknown) => error,
    );
    await close;
    // Whoever comes next must not wake what was lost.
    expect(await ask()).toEqual([["1"]]);
    expect(await between).toMatchObject(LOST);
  });

  it.each([
    { kind: "behind another", ask: () => database.queryBehind(ONE, say("SELECT pg_sleep(60)"), {}) },
    {
      kind: "in a long transaction",
      ask: () => database.transaction("load", ({ query }) => query(say("SELECT pg_sleep(60)"), {})),
    },
    {
      kind: "in a transaction that was just doing something else",
      ask: () =>
        database.transaction("load", async ({ query }) => {
          await once(latest(), "close");
          return query(ONE, {});
        }),
    },
  ])("a statement $kind fails with it, and with nothing else", async ({ ask }) => {
    const lost = ask().catch((error: unknown) => error);
    while (!sockets[0]?.bytesRead) await sleep(5);
    await sleep(50); // the second statement is under way
    latest().destroy();
    expect(await lost).toMatchObject(LOST);
    expect(await database.query(ONE, {})).toEqual([["1"]]);
  });
});
