import { connect, type Socket } from "node:net";

export interface Address {
  readonly host: string;
  readonly port: number;
  /** A Unix socket instead of host and port. */
  readonly path: string | undefined;
}

/**
 * A connected socket for postgres.js, which by itself connects again and again without end when something between
 * us and the server (a proxy, Docker's port forwarding) accepts a connection and closes it at once.
 * Whatever ends a connection becomes an error here, and so an answer to whoever waits.
 */
export function connectSocket(address: Address, connectMs: number, silentMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { host, port, path } = address;
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
      // Set where postgres.js puts it itself: the name that TLS checks.
      Object.assign(socket, { host, port });
      let greeted = false;
      socket.once("data", () => {
        greeted = true;
      });
      socket.once("end", () => {
        if (!greeted) socket.destroy(coded("CONNECT_CLOSED"));
      });
      // Longer than any statement may take, and longer than idle connections are kept: the peer is gone. To destroy
      // the socket keeps a statement that is still in its buffer from running much later.
      socket.setTimeout(silentMs, () => socket.destroy(coded("CONNECTION_SILENT")));
      resolve(socket);
    });
  });
}

const coded = (code: string): Error => Object.assign(new Error(code), { code });
