import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { serverIdentity } from "./certificate.ts";

const DAY_MS = 86_400_000;

describe("the provider's certificate", () => {
  const identity = serverIdentity();
  const certificate = new X509Certificate(identity.certificate);

  it("is for localhost and nobody else", () => {
    expect(certificate.subjectAltName).toBe("DNS:localhost");
    expect(certificate.checkHost("localhost")).toBe("localhost");
    expect(certificate.checkHost("example.org")).toBeUndefined();
    expect(certificate.subject).toBe("CN=localhost");
  });

  it("is signed by its own key, a P-256 one", () => {
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(identity.keyPem))).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
  });

  it("is valid now and longer than any apply, and is no authority", () => {
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now());
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now() + 300 * DAY_MS);
    expect(certificate.ca).toBe(false);
  });

  it("has one text in both forms", () => {
    expect(new X509Certificate(identity.certificatePem).raw.equals(identity.certificate)).toBe(true);
    expect(Math.max(...identity.certificatePem.split("\n").map((line) => line.length))).toBe(64);
  });

  it("has a key and a serial number of its own with every start", () => {
    const serials = Array.from({ length: 50 }, () => new X509Certificate(serverIdentity().certificate).serialNumber);
    expect(new Set(serials).size).toBe(50);
    // 16 bytes, positive, in the shortest form: the first digit is 4 to 7.
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
    expect(serverIdentity().keyPem).not.toBe(serverIdentity().keyPem);
  });

  const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;
  it.runIf(hasOpenssl)("is a chain of one that openssl accepts for a server", () => {
    const folder = mkdtempSync(join(tmpdir(), "nskv-certificate-"));
    try {
      const file = join(folder, "certificate.pem");
      writeFileSync(file, identity.certificatePem);
      const verdict = execFileSync("openssl", ["verify", "-purpose", "sslserver", "-CAfile", file, file]);
      expect(verdict.toString().trim()).toBe(`${file}: OK`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
