import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { coded } from "./coded.ts";
import { secured, type Tls } from "./postgres-tls.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
  /** A Unix socket instead of host and port. */
  readonly path: string | undefined;
}

/**
 * A socket for postgres.js, connected to the first of the servers that accepts. By itself it connects again and
 * again without end when something between us and the server (a proxy, Docker's port forwarding) accepts a
 * connection and closes it at once, or when there are several servers and none is up. Here whatever ends a connection
 * becomes an error of the socket, and so an answer to whoever waits.
 */
export async function openSocket(
  servers: readonly Address[],
  connectMs: number,
  silentMs: number,
  tls?: Tls,
): Promise<Duplex> {
  let failure = new Error("The address of the database names no server.");
  for (const server of servers) {
    try {
      return await connectTo(server, connectMs, silentMs, tls);
    } catch (error) {
      failure = error as Error;
    }
  }
  return doomed(failure);
}

/** Errors of sockets on which no server had said a word. Before it does, postgres.js sends no statement. */
const early = new WeakSet<Error>();

/** Whether nothing can have happened because of the statement that failed with `error`, one of a socket from here. */
export const wasNeverSent = (error: Error): boolean => early.has(error);

/** For a client that shall not connect anew when its connection has closed: what it asks after that fails. */
export function onlyOnce(open: () => Promise<Duplex>): () => Promise<Duplex> {
  let opened = false;
  return async () => {
    if (opened) return doomed(coded("CONNECT_CLOSED"));
    opened = true;
    return open();
  };
}

/** A socket that fails in a moment. To reject would leave whoever waits behind the first statement without an answer. */
function doomed(failure: Error): Duplex {
  const socket: Duplex = new Duplex({ read: () => undefined, write: () => undefined });
  early.add(failure);
  setImmediate(() => socket.destroy(failure));
  return socket;
}

/** A Unix socket is not encrypted, whatever is asked for: nobody else can listen there. */
function connectTo(
  { host, port, path }: Address,
  connectMs: number,
  silentMs: number,
  tls: Tls | undefined,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = path === undefined ? connect({ host, port, noDelay: true }) : connect({ path });
    const timer = setTimeout(() => socket.destroy(coded("CONNECT_TIMEOUT")), connectMs);
    const failed = (error: Error) => {
      clearTimeout(timer);
      socket.destroy();
      reject(error);
    };
    const closed = () => failed(coded("CONNECT_CLOSED"));
    const done = (ready: Socket) => {
      clearTimeout(timer);
      socket.off("error", failed).off("close", closed);
      watch(ready, silentMs);
      resolve(ready);
    };
    socket.once("error", failed).once("close", closed);
    socket.once("connect", () =>
      tls && path === undefined ? void secured(socket, host, tls).then(done, failed) : done(socket),
    );
  });
}

function watch(socket: Socket, silentMs: number): void {
  // As when the server refuses our certificate: with TLS 1.3 it looks at that when we are connected already.
  const failedEarly = (error: Error) => void early.add(error);
  const slammed = () => socket.destroy(coded("CONNECT_CLOSED"));
  // More than any statement may take, and more than idle connections are kept: the peer is gone. To destroy the
  // socket keeps a statement that is still in its buffer from running much later.
  const fallenSilent = () => socket.destroy(coded("CONNECTION_SILENT"));
  socket.once("error", failedEarly).once("end", slammed);
  socket.setTimeout(silentMs, fallenSilent);
  socket.once("data", (bytes: Buffer) => {
    socket.off("end", slammed);
    // postgres.js would take `HTTP/1.1` for the begin of a long message, and wait for its end for ever.
    if (FIRST_BYTES.includes(bytes.subarray(0, 1).toString("latin1"))) socket.off("error", failedEarly);
    else socket.destroy(coded("NOT_POSTGRES"));
  });
}

/** What a server can say first: authentication, an error, a notice, another version of the protocol. */
const FIRST_BYTES = ["R", "E", "N", "v"];
