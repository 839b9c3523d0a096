import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { der, explicit, oid, TAG, time } from "./der.ts";

/** What one side of AutoMTLS shows: a certificate that lives as long as its process, and the key to it. */
export interface Identity {
  /** The certificate's DER, which is also what the handshake line carries. */
  readonly certificate: Buffer;
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** The name that go-plugin's client expects in the certificate, whatever the address is. */
const HOST = "localhost";
/** Longer than any apply; the key is gone with the process anyway. */
const VALID_DAYS = 365;
const MINUTE_MS = 60_000;

/** subjectAltName with the one DNS name (RFC 5280, §4.2.1.6); Go looks at nothing else. */
export const ALTERNATIVE_NAME = extension("2.5.29.17", der(TAG.sequence, der(0x82, Buffer.from(HOST))));
/** extKeyUsage serverAuth (RFC 5280, §4.2.1.12). */
const SERVER_AUTHENTICATION = extension("2.5.29.37", der(TAG.sequence, oid("1.3.6.1.5.5.7.3.1")));
const ECDSA_WITH_SHA256 = der(TAG.sequence, oid("1.2.840.10045.4.3.2"));

/**
 * A fresh key and its certificate. P-256 and our own DER take 2 ms; certificate libraries take 150 ms and more,
 * and Terraform starts this program four times in one apply.
 */
export function serverIdentity(): Identity {
  return selfSigned(generateKeyPairSync("ec", { namedCurve: "P-256" }), [ALTERNATIVE_NAME, SERVER_AUTHENTICATION]);
}

/**
 * A certificate for `keys`, signed with the same keys (RFC 5280, §4.1).
 * @param keys an elliptic-curve pair
 * @param extensions the DER of each Extension
 */
export function selfSigned(
  keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
  extensions: readonly Buffer[],
): Identity {
  const name = der(
    TAG.sequence,
    der(TAG.set, der(TAG.sequence, oid("2.5.4.3"), der(TAG.utf8String, Buffer.from(HOST)))),
  );
  const now = Date.now();
  // A minute back, as the two processes' clocks are one but its seconds may be stepped.
  const validity = [new Date(now - MINUTE_MS), new Date(now + VALID_DAYS * 24 * 60 * MINUTE_MS)].map(time);
  const toBeSigned = der(
    TAG.sequence,
    explicit(0, der(TAG.integer, Buffer.from([2]))), // version 3
    der(TAG.integer, serialNumber()),
    ECDSA_WITH_SHA256,
    name,
    der(TAG.sequence, ...validity),
    name,
    keys.publicKey.export({ type: "spki", format: "der" }),
    explicit(3, der(TAG.sequence, ...extensions)),
  );
  const signature = sign("sha256", toBeSigned, keys.privateKey);
  const certificate = der(TAG.sequence, toBeSigned, ECDSA_WITH_SHA256, der(TAG.bitString, Buffer.alloc(1), signature));
  return {
    certificate,
    certificatePem: `-----BEGIN CERTIFICATE-----\n${lines(certificate)}\n-----END CERTIFICATE-----\n`,
    keyPem: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** The DER of one Extension that is not critical. */
export function extension(id: string, value: Buffer): Buffer {
  return der(TAG.sequence, oid(id), der(TAG.octetString, value));
}

/** 16 random bytes, of which the first makes the number positive and keeps DER's shortest form. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes;
}

function lines(bytes: Buffer): string {
  return bytes.toString("base64").replace(/.{64}(?!$)/g, "$&\n");
}
