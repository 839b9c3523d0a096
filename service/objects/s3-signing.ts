import { createHash, createHmac } from "node:crypto";

/** AWS Signature Version 4 in the `Authorization` header, as S3 wants it
 *  (docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html). */

export interface Credentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

export interface Signable {
  readonly method: string;
  /** The path as it is sent: already encoded by `encodePath`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case; `host` among them. All of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body in hex, or `UNSIGNED_PAYLOAD`. */
  readonly payload: string;
}

/** For a body that is not known before it is sent: the signature then covers all but the body. */
export const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";
export const EMPTY_PAYLOAD = createHash("sha256").digest("hex");

const ALGORITHM = "AWS4-HMAC-SHA256";

export class Signer {
  readonly #credentials: Credentials;
  /** Good for one day and region; four HMACs saved per request. */
  #key: { readonly day: string; readonly bytes: Buffer } | undefined;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /** All headers to send: those given, and the date, the payload's hash and the signature. */
  sign({ method, path, query, headers, payload }: Signable, now: Date): Record<string, string> {
    const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
    const day = time.slice(0, 8);
    const all: Record<string, string> = { ...headers, "x-amz-content-sha256": payload, "x-amz-date": time };
    const names = Object.keys(all).sort();
    const signed = names.join(";");
    const lines = names.map((name) => `${name}:${all[name]?.trim()}\n`).join("");
    const canonical = [method, path, encodeQuery(query), lines, signed, payload].join("\n");
    const scope = `${day}/${this.#credentials.region}/s3/aws4_request`;
    const text = [ALGORITHM, time, scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
    const signature = hmac(this.#keyOf(day), text).toString("hex");
    const { accessKey } = this.#credentials;
    all["authorization"] =
      `${ALGORITHM} Credential=${accessKey}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
    return all;
  }

  #keyOf(day: string): Buffer {
    if (this.#key?.day !== day) {
      const { secretKey, region } = this.#credentials;
      const bytes = hmac(hmac(hmac(hmac(`AWS4${secretKey}`, day), region), "s3"), "aws4_request");
      this.#key = { day, bytes };
    }
    return this.#key.bytes;
  }
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** Every byte but RFC 3986's unreserved ones as `%XX`; `encodeURIComponent` leaves five more as they are. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** An object's name as a path: encoded once (S3 alone does not encode twice), its slashes kept. */
export const encodePath = (name: string): string => name.split("/").map(encode).join("/");

/** In the order that the signature demands, which is the order sent. */
export const encodeQuery = (query: Readonly<Record<string, string>>): string =>
  Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
