import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect, createSecureContext, type SecureContext } from "node:tls";
import { Failure } from "../domain/fault.ts";
import { coded } from "./coded.ts";
import { parameterOf } from "./postgres-url.ts";

/** How a connection is encrypted, and what must be right about the server's certificate. */
export interface Tls {
  /** Goes on in plain text with a server that has none. */
  readonly optional: boolean;
  readonly verifies: "nothing" | "authority" | "authority and name";
  /** Files in PEM, read for every connection: certificates are renewed while a service runs. */
  readonly files: {
    readonly ca?: string | undefined;
    readonly cert?: string | undefined;
    readonly key?: string | undefined;
  };
}

const MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
type Mode = (typeof MODES)[number];

/**
 * What a URL says of TLS, in libpq's words (PostgreSQL manual, 34.19) or by `ssl=true`, as other clients have it; undefined for
 * plain text, also where nothing is said. postgres.js understands less of it: it checks the certificate of an IP address
 * against `localhost`, and takes `sslrootcert` for a setting of the server. Fails with `unavailable` for what makes no sense.
 */
export function tlsOf(url: string): Tls | undefined {
  const [root, cert, key] = ["sslrootcert", "sslcert", "sslkey"].map((name) => parameterOf(url, name));
  const said =
    parameterOf(url, "sslmode") ??
    parameterOf(url, "ssl")
      ?.replace(/^true$/, "verify-full")
      .replace(/^false$/, "disable");
  const mode = modeOf(said ?? (root === "system" ? "verify-full" : "disable"));
  if (mode === "disable") return undefined;
  if (root === "system" && mode !== "verify-full") throw refusal(tooWeak(mode));
  if (cert !== undefined && key === undefined) throw refusal(half("sslcert", "sslkey"));
  if (key !== undefined && cert === undefined) throw refusal(half("sslkey", "sslcert"));
  const byRoot = mode === "require" && root !== undefined;
  return {
    optional: mode === "allow" || mode === "prefer",
    verifies: mode === "verify-full" ? "authority and name" : mode === "verify-ca" || byRoot ? "authority" : "nothing",
    files: { ca: root === "system" ? undefined : root, cert, key },
  };
}

function modeOf(text: string): Mode {
  const mode = MODES.find((one) => one === text);
  if (mode) return mode;
  throw refusal(`The sslmode of NSKV_DATABASE_URL must be one of ${MODES.join(", ")}.`);
}

const tooWeak = (mode: Mode): string =>
  `The sslmode ${mode} of NSKV_DATABASE_URL is too weak for sslrootcert=system, whose authorities sign for anybody's host. Use sslmode=verify-full, or the file of your own authority as sslrootcert.`;
const half = (named: string, missing: string): string =>
  `NSKV_DATABASE_URL names ${named} without ${missing}. Add ${missing}: a client's certificate takes a file for each; or leave both out.`;

const refusal = (reason: string): Failure => new Failure({ kind: "unavailable", reason });

/** What encrypts, on a socket that has just connected; the socket itself where it may stay as it is. */
export async function secured(socket: Socket, host: string, { optional, verifies, files }: Tls): Promise<Socket> {
  const secureContext = await contextOf(files);
  if (!(await offersTls(socket))) {
    if (optional) return socket;
    throw coded("TLS_REFUSED");
  }
  return encrypted({
    socket,
    // Not to connect to, but what the certificate must be for.
    host,
    ...(isIP(host) === 0 && { servername: host }),
    secureContext,
    rejectUnauthorized: verifies !== "nothing",
    ...(verifies === "authority" && { checkServerIdentity: () => undefined }),
  });
}

async function contextOf({ ca, cert, key }: Tls["files"]): Promise<SecureContext> {
  try {
    const [authority, certificate, secret] = await Promise.all(
      [ca, cert, key].map((file) => (file === undefined ? undefined : readFile(file))),
    );
    // As text, or DER would pass. By itself Node takes a file without certificates, and then trusts no authority at all.
    if (authority) void new X509Certificate(authority.toString());
    return createSecureContext({
      ...(authority && { ca: authority }),
      ...(certificate && { cert: certificate }),
      ...(secret && { key: secret }),
    });
  } catch (cause) {
    throw coded("TLS_FILE", cause);
  }
}

/** SSLRequest (PostgreSQL manual, 55.7). */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

function offersTls(socket: Socket): Promise<boolean> {
  return new Promise((resolve, reject) => {
    socket.once("data", (bytes: Buffer) => {
      const answer = bytes.toString("latin1");
      // More behind the letter would be taken for encrypted, and anybody on the way may have put it there.
      if (answer === "S" || answer === "N") resolve(answer === "S");
      else reject(coded("NOT_POSTGRES"));
    });
    socket.write(SSL_REQUEST);
  });
}

function encrypted(options: ConnectionOptions & { readonly socket: Socket }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const secure = connect(options); // errors of the socket below become its own
    secure.once("error", reject);
    secure.once("secureConnect", () => {
      secure.off("error", reject);
      resolve(secure);
    });
  });
}
