import type { Server } from "node:http";
import type { Socket } from "node:net";

interface Log {
  warn(fields: object, message: string): void;
}

/** Between two looks for connections that are done. */
const LOOK_MS = 50;
/** What a connection gets to show its first request: it may be on its way when the service is told to stop. */
const UNUSED_MS_MAX = 1_000;

/**
 * Watches the connections of a server, and answers how to close it: requests that are under way may end, for `msMax` at
 * most. Node by itself keeps two kinds of connections open that nothing happens on: those whose last answer ended after
 * the first look, and those that never sent a request, as browsers and pools open them ahead.
 */
export function closerOf(server: Server): (msMax: number, log: Log) => Promise<void> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return (msMax, log) =>
    new Promise((resolve) => {
      const began = performance.now();
      const look = () => {
        server.closeIdleConnections();
        if (performance.now() - began < UNUSED_MS_MAX) return;
        for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      };
      const looking = setInterval(look, LOOK_MS);
      const impatience = setTimeout(() => {
        log.warn({}, "some requests took too long to wait for and were cut off");
        server.closeAllConnections();
      }, msMax);
      server.close(() => {
        clearTimeout(impatience);
        clearInterval(looking);
        resolve();
      });
      look();
    });
}
