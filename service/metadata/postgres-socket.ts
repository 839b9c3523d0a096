import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";

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
export async function openSocket(servers: readonly Address[], connectMs: number, silentMs: number): Promise<Duplex> {
  let failure = new Error("The address of the database names no server.");
  for (const server of servers) {
    try {
      return await connectTo(server, connectMs, silentMs);
    } catch (error) {
      failure = error as Error;
    }
  }
  return doomed(failure);
}

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
  setImmediate(() => socket.destroy(failure));
  return socket;
}

function connectTo({ host, port, path }: Address, connectMs: number, silentMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = path === undefined ? connect({ host, port, noDelay: true }) : connect({ path });
    const timer = setTimeout(() => socket.destroy(coded("CONNECT_TIMEOUT")), connectMs);
    const failed = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    socket.once("error", failed);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", failed);
      watch(socket, silentMs);
      // Where postgres.js looks for the name that a certificate must have.
      resolve(Object.assign(socket, { host, port }));
    });
  });
}

function watch(socket: Socket, silentMs: number): void {
  const slammed = () => socket.destroy(coded("CONNECT_CLOSED"));
  // More than any statement may take, and more than idle connections are kept: the peer is gone. To destroy the
  // socket keeps a statement that is still in its buffer from running much later.
  const fallenSilent = () => socket.destroy(coded("CONNECTION_SILENT"));
  socket.once("end", slammed);
  socket.setTimeout(silentMs, fallenSilent);
  socket.once("data", (bytes: Buffer) => {
    socket.off("end", slammed);
    // postgres.js would take `HTTP/1.1` for the begin of a long message, and wait for its end for ever.
    if (!FIRST_BYTES.includes(bytes.subarray(0, 1).toString("latin1"))) socket.destroy(coded("NOT_POSTGRES"));
    // Before TLS begins, postgres.js takes away all listeners.
    setImmediate(() => socket.off("timeout", fallenSilent).on("timeout", fallenSilent));
  });
}

/** What a server can say first: authentication, an error, yes or no to TLS, another version of the protocol. */
const FIRST_BYTES = ["R", "E", "S", "N", "v"];

export const coded = (code: string): Error => Object.assign(new Error(code), { code });
