import { Failure } from "../domain/fault.ts";
import { DatabaseError } from "./database.ts";
import { serversOf } from "./postgres-url.ts";

/**
 * What an operator is told when the database cannot be opened: where it was looked for, why it did not come, and what to
 * do. Never the password. Whoever waits for a start reads this once; so it says more than the answer to a caller.
 */
export function startFailure(url: string, error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error;
  const { cause } = error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const known = REASONS[code] ?? (code.startsWith("28") ? REASONS["28000"] : undefined);
  if (!known && error.trouble === "broken") return error; // a bug, which its stack explains better
  const [why, remedy] = known ?? [
    `it does not answer${code && ` (${code})`}`,
    "Check NSKV_DATABASE_URL and that the server runs.",
  ];
  const reason = `The database ${placeOf(url)} cannot be opened: ${why}. ${remedy}`;
  return new Failure({ kind: "unavailable", reason }, { cause });
}

/** `db at host:5432, user u`: all that a URL says but the password and its parameters. */
function placeOf(url: string): string {
  const servers = serversOf(url).map(({ host, port, path }) => path ?? `${host}:${port}`);
  const [, user] = /^[a-z]+:\/\/([^:@/?]*)(?::[^@/?]*)?@/.exec(url) ?? [];
  const name = /^[a-z]+:\/\/[^/?]*\/([^?]*)/.exec(url)?.[1];
  const shown = (text: string | undefined) => (text ? `"${decoded(text)}" ` : "");
  return `${shown(name)}at ${servers.join(", ")}${user ? ` as user "${decoded(user)}"` : ""}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

type Reason = readonly [why: string, remedy: string];

const NO_ROUTE: Reason = [
  "there is no way to the host",
  "Check host and port in NSKV_DATABASE_URL, the network and its firewalls.",
];
const NO_NAME: Reason = ["there is no host of this name", "Check the host in NSKV_DATABASE_URL, and the DNS."];
const UNTRUSTED: Reason = [
  "its certificate comes from an authority that is not known here",
  "Name the file of the authority's certificate as sslrootcert in NSKV_DATABASE_URL or in NODE_EXTRA_CA_CERTS, or use sslmode=require without sslrootcert, which encrypts and does not verify.",
];
const HUNG_UP: Reason = [
  "the connection was closed before the server had said anything",
  "Check that NSKV_DATABASE_URL leads to a PostgreSQL server and not to another one or a proxy without a server behind it, and that its sslmode is what the server wants.",
];

/** By SQLSTATE (PostgreSQL manual, appendix A), or by the code of Node or of postgres.js. */
const REASONS: Readonly<Record<string, Reason>> = {
  "28P01": [
    "it refuses the password",
    "Check user and password in NSKV_DATABASE_URL; a password needs % encoding there.",
  ],
  "28000": [
    "it does not let this user in",
    "Check the user in NSKV_DATABASE_URL, that the role may log in, and the server's pg_hba.conf; it may want sslmode=require.",
  ],
  "08P01": [
    "a pooler such as PgBouncer refuses its startup parameters",
    "Set ignore_startup_parameters there, as docs/service/servers.md shows.",
  ],
  "3D000": ["there is no database of this name", "Create it, or correct the name in NSKV_DATABASE_URL."],
  "42501": [
    "the user may not make its tables",
    "Make the user the owner of the database, or GRANT CREATE ON SCHEMA public to it.",
  ],
  "25006": ["the server only reads, as a standby does", "Name the primary in NSKV_DATABASE_URL."],
  "53300": ["it has no connection left", "Raise max_connections, or put a pooler before the server."],
  "53100": ["its disk is full", "Make room on the server's disk."],
  "57P03": ["it is still starting, or shutting down", "Try again in a moment."],
  ECONNREFUSED: ["nothing listens there", "Start the server, or check host and port in NSKV_DATABASE_URL."],
  ENOENT: ["there is no such socket", "Start the server, or check the folder of its socket in NSKV_DATABASE_URL."],
  EACCES: ["its socket may not be opened", "Check whose the socket is, or connect by host and port."],
  ENOTFOUND: NO_NAME,
  EAI_AGAIN: NO_NAME,
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
  CONNECT_TIMEOUT: ["no connection came about in time", NO_ROUTE[1]],
  ETIMEDOUT: ["no connection came about in time", NO_ROUTE[1]],
  NOT_POSTGRES: ["what answers there is no PostgreSQL server", "Check host and port in NSKV_DATABASE_URL."],
  CONNECT_CLOSED: HUNG_UP,
  CONNECTION_CLOSED: HUNG_UP,
  ECONNRESET: HUNG_UP,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  TLS_REFUSED: [
    "it has no TLS, which sslmode asks for",
    "Set ssl = on at the server, or use sslmode=prefer or disable in NSKV_DATABASE_URL where the network may be trusted.",
  ],
  TLS_FILE: [
    "a file that its URL names for TLS cannot be read, or is no PEM",
    "Correct sslrootcert, sslcert or sslkey in NSKV_DATABASE_URL, and check who may read the file.",
  ],
  CERT_HAS_EXPIRED: ["its certificate has expired", "Renew the server's certificate."],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "its certificate is for another name",
    "Use the name in NSKV_DATABASE_URL that the certificate has, or sslmode=verify-ca, which checks its authority alone.",
  ],
};
