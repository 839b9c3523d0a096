import { generateKeyPairSync } from "node:crypto";
import { extension, type Identity, selfSigned } from "../../provider/go-plugin/certificate.ts";
import { der, TAG } from "../../provider/go-plugin/der.ts";

/** subjectAltName with an address and a name (RFC 5280, 4.2.1.6); `localhost`, which means the same place, is neither. */
const NAMES = [der(0x87, Buffer.from([127, 0, 0, 1])), der(0x82, Buffer.from("db.example"))];
const LOOPBACK = extension("2.5.29.17", der(TAG.sequence, ...NAMES));

/** A key and its certificate for a server on 127.0.0.1, which is its own authority. */
export const loopbackIdentity = (): Identity =>
  selfSigned(generateKeyPairSync("ec", { namedCurve: "P-256" }), [LOOPBACK]);
