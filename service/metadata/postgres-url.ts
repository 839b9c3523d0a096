import type { Address } from "./postgres-socket.ts";

const PORT_DEFAULT = 5432;

/** The servers that a Postgres URL names, separated by commas as libpq has it (PostgreSQL manual, 34.1.1.2). */
export function serversOf(url: string): readonly Address[] {
  const authority = /^[a-z]+:\/\/([^/?]*)/.exec(url)?.[1] ?? "";
  const hosts = decodeURIComponent(authority.slice(authority.lastIndexOf("@") + 1));
  return hosts.split(",").map((text) => {
    const [, bracketed, plain, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
    const host = bracketed ?? plain ?? text;
    const number = port ? Number(port) : PORT_DEFAULT;
    // A folder instead of a host holds the server's Unix socket.
    return {
      host: host || "localhost",
      port: number,
      path: host.startsWith("/") ? `${host}/.s.PGSQL.${number}` : undefined,
    };
  });
}
