import { X509Certificate } from "node:crypto";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Identity } from "./certificate.ts";
import type { Environment } from "./handshake.ts";

/**
 * The DER of the one certificate that may call us, from `PLUGIN_CLIENT_CERT`; undefined when the caller wants no TLS.
 * Fails when the variable holds something else, rather than to serve in the clear.
 */
export function clientCertificate(env: Environment): Buffer | undefined {
  const pem = env["PLUGIN_CLIENT_CERT"];
  if (!pem) return undefined;
  try {
    return new X509Certificate(pem).raw;
  } catch (cause) {
    throw new Error("PLUGIN_CLIENT_CERT holds no certificate in PEM form", { cause });
  }
}

/**
 * A TLS server for one client: whoever shows another certificate, or none, is cut off before a byte of gRPC.
 * grpc-js could terminate TLS by itself, but lets Node build its whole store of public authorities for it, which
 * takes 20 to 70 ms of every start; the empty `ca` avoids that.
 * @param only the client certificate's DER; it is compared whole, so no chain and no name has to be trusted
 * @param accept gets each connection that passed
 */
export function mutualTls(identity: Identity, only: Buffer, accept: (socket: TLSSocket) => void): Server {
  const server = createServer({
    key: identity.keyPem,
    cert: identity.certificatePem,
    ca: [],
    requestCert: true,
    // OpenSSL knows no authority for a self-signed certificate. It still makes the client prove that it has the key.
    rejectUnauthorized: false,
    minVersion: "TLSv1.3",
    ALPNProtocols: ["h2"],
  });
  server.on("secureConnection", (socket) => {
    if (socket.getPeerX509Certificate()?.raw.equals(only)) return accept(socket);
    socket.on("error", () => undefined); // its other end may be gone already, which is as good
    socket.destroy();
    process.stderr.write("[WARN] refused a connection that did not show Terraform's certificate\n");
  });
  return server;
}
