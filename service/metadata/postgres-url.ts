import type { Address } from "./postgres-socket.ts";

const PORT_DEFAULT = 5432;

/** What the query of a Postgres URL says of `name`; of several the last, as libpq has it. */
export const parameterOf = (url: string, name: string): string | undefined =>
  new URLSearchParams(/\?(.*)$/.exec(url)?.[1]).getAll(name).at(-1);

/** What postgres.js must not see: it understands some of it otherwise, and sends the rest to the server. */
export const withoutTls = (url: string): string =>
  url.replace(/(?<=[?&])(?:ssl|sslmode|sslrootcert|sslcert|sslkey)=[^&]*&?/g, "");

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
