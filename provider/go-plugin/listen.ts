import { randomBytes } from "node:crypto";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Address, Environment } from "./handshake.ts";

/** What the smallest kernel we run on (macOS) takes as a socket's path, in bytes, without the closing zero. */
const SOCKET_PATH_BYTES_MAX = 103;
const LOOPBACK = "127.0.0.1";

/**
 * Makes `server` listen where go-plugin's client looks: on a Unix socket that is new and only its owner may open, or
 * on Windows on a loopback port between `PLUGIN_MIN_PORT` and `PLUGIN_MAX_PORT`.
 * Fails with Node's own error when the folder or every port is refused.
 */
export async function listen(server: Server, env: Environment, platform = process.platform): Promise<Address> {
  if (platform === "win32") return { network: "tcp", address: `${LOOPBACK}:${await listenOnPort(server, env)}` };
  // The kernel creates the socket's file by this mask. It stays, as nothing we write is for others.
  process.umask(0o077);
  const path = socketPath(env);
  await bound(server, { path });
  return { network: "unix", address: path };
}

/** A name that nobody can guess and so nobody can take first, in a folder that may be everyone's. */
function socketPath(env: Environment): string {
  const name = `plugin${randomBytes(8).toString("hex")}`;
  const wanted = env["PLUGIN_UNIX_SOCKET_DIR"];
  if (wanted) return join(wanted, name);
  const path = join(tmpdir(), name);
  return Buffer.byteLength(path) <= SOCKET_PATH_BYTES_MAX ? path : join("/tmp", name);
}

async function listenOnPort(server: Server, env: Environment): Promise<number> {
  const first = Number(env["PLUGIN_MIN_PORT"] ?? 0);
  const last = Number(env["PLUGIN_MAX_PORT"] ?? first);
  for (let port = first; ; port += 1) {
    try {
      await bound(server, { host: LOOPBACK, port });
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : port;
    } catch (error) {
      if (port >= last) throw error;
    }
  }
}

function bound(server: Server, where: { path: string } | { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
