import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loopbackIdentity } from "../../test/support/certificates.ts";
import { migrationsUrl } from "../../test/support/pglite.ts";
import { freshDatabase } from "../../test/support/postgres.ts";
import { openPostgres } from "./postgres.ts";
import { createPostgresDatabase } from "./postgres-database.ts";
import { tlsOf } from "./postgres-tls.ts";
import type { SuiteStore } from "./suite-store.ts";
import { describeVerdicts } from "./verdicts.suite.ts";

const certificate = process.env["NSKV_TEST_DATABASE_CERTIFICATE"];
const key = process.env["NSKV_TEST_DATABASE_KEY"];

/** Whether the session is encrypted, and who the client said it was. */
const SEEN = {
  name: "seen",
  text: "SELECT ssl::text, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
  parameters: [],
};

async function seen(url: string) {
  const database = createPostgresDatabase(url);
  const [row] = await database.query(SEEN, {}).finally(() => database.close());
  return { encrypted: row?.[0] === "true", client: row?.[1] };
}

describe.runIf(certificate)("Postgres over TLS", () => {
  let plain: string;
  let folder: string;
  let other: string;
  let drop: () => Promise<void>;
  let store: SuiteStore;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nskv-tls-"));
    other = join(folder, "other.crt");
    const { certificatePem, keyPem } = loopbackIdentity();
    writeFileSync(other, certificatePem);
    writeFileSync(`${other}.key`, keyPem);
    writeFileSync(`${other}.der`, new X509Certificate(certificatePem).raw);
    const fresh = await freshDatabase();
    [plain, drop] = [fresh.url, fresh.drop];
    const url = `${plain}?sslmode=verify-full&sslrootcert=${certificate}`;
    const [metadata, second] = await Promise.all([
      openPostgres({ url, migrations: migrationsUrl }),
      openPostgres({ url, migrations: migrationsUrl }),
    ]);
    store = { metadata, second, database: createPostgresDatabase(url), close: async () => undefined };
  });
  afterAll(async () => {
    await Promise.all([store.metadata.close(), store.second.close(), store.database.close()]);
    await drop();
    await rm(folder, { recursive: true });
  });

  describeVerdicts("Postgres over TLS", () => store);

  /** `CA` stands for the server's authority, `OTHER` for one that it has nothing to do with; `OTHER.key` is its key. */
  const urlOf = (host: string, parameters: string) =>
    plain
      .replace("127.0.0.1", host)
      .concat(parameters.replace("CA", `${certificate}`).replaceAll("KEY", `${key}`).replaceAll("OTHER", other));

  it.each([
    { says: "", encrypted: false },
    { says: "?sslmode=disable&sslrootcert=CA", encrypted: false },
    { says: "?ssl=false", encrypted: false },
    { says: "?sslmode=allow", encrypted: true },
    { says: "?sslmode=prefer", encrypted: true },
    { says: "?sslmode=require", encrypted: true },
    { says: "?sslmode=require&application_name=own", encrypted: true },
    { says: "?sslmode=require&sslrootcert=CA", encrypted: true, host: "localhost" },
    { says: "?sslmode=verify-ca&sslrootcert=CA", encrypted: true, host: "localhost" },
    { says: "?sslmode=verify-full&sslrootcert=CA", encrypted: true },
    { says: "?sslmode=require&sslcert=CA&sslkey=KEY", encrypted: true, client: "/CN=localhost" },
  ])("$says is understood as libpq does", async ({ says, encrypted, host = "127.0.0.1", client = null }) => {
    expect(await seen(urlOf(host, says).replace("sslcert=CA", `sslcert=${certificate}`))).toEqual({
      encrypted,
      client,
    });
  });

  it("through a Unix socket it is not asked for, since nobody else can listen there", async () => {
    const [row] = await store.database.query({ name: "", text: "SHOW unix_socket_directories", parameters: [] }, {});
    const url = urlOf(encodeURIComponent(`${row?.[0]}`), "?sslmode=require");
    expect(await seen(url)).toEqual({ encrypted: false, client: null });
  });

  it.each([
    { says: "?sslmode=verify-full", why: /authority that is not known here\. Name .*sslrootcert/ },
    { says: "?sslmode=verify-full&sslrootcert=OTHER", why: /authority that is not known here/ },
    { says: "?sslmode=verify-ca&sslrootcert=OTHER", why: /authority that is not known here/ },
    { says: "?sslmode=require&sslrootcert=OTHER", why: /authority that is not known here/ },
    { says: "?sslrootcert=system", why: /authority that is not known here/ },
    { says: "?ssl=true", why: /authority that is not known here/ },
    { says: "?sslmode=verify-full&sslrootcert=CA", host: "localhost", why: /for another name.*verify-ca/ },
    { says: "?sslmode=verify-full&sslrootcert=/nowhere.crt", why: /cannot be read.*Correct sslrootcert/ },
    { says: "?sslmode=require&sslcert=KEY&sslkey=KEY", why: /is no PEM.*Correct sslrootcert/ },
    { says: "?sslmode=verify-full&sslrootcert=KEY", why: /is no PEM.*Correct sslrootcert/ },
    { says: "?sslmode=verify-full&sslrootcert=OTHER.der", why: /is no PEM.*Correct sslrootcert/ },
  ])("a start by $says is refused, and says why", async ({ says, host = "127.0.0.1", why }) => {
    const opening = openPostgres({ url: urlOf(host, says), migrations: migrationsUrl });
    await expect(opening).rejects.toMatchObject({ fault: { kind: "unavailable", reason: expect.stringMatching(why) } });
  });

  it.each([
    { says: "?sslmode=verify-full&sslrootcert=OTHER", code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    { says: "?sslmode=verify-full&sslrootcert=CA", host: "localhost", code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    {
      says: "?sslmode=require&sslcert=OTHER&sslkey=OTHER.key",
      code: "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA|ECONNRESET|EPIPE",
    },
  ])("a statement that meets $code was never sent", async ({ says, host = "127.0.0.1", code }) => {
    const database = createPostgresDatabase(urlOf(host, says));
    const asked = database.query(SEEN, {}).finally(() => database.close());
    await expect(asked).rejects.toMatchObject({
      trouble: "unavailable",
      cause: { code: expect.stringMatching(code) },
    });
  });
});

it.each([
  { says: "sslmode=verify_full", why: /sslmode.*must be one of disable.*verify-full/ },
  ...["allow", "prefer", "require", "verify-ca"].map((mode) => ({
    says: `sslmode=${mode}&sslrootcert=system`,
    why: new RegExp(`sslmode ${mode} .*sslrootcert=system.*Use sslmode=verify-full`),
  })),
  { says: "sslmode=require&sslcert=/a.crt", why: /names sslcert without sslkey/ },
  { says: "sslmode=require&sslkey=/a.key", why: /names sslkey without sslcert/ },
])("$says is refused, and says why", ({ says, why }) => {
  expect(() => tlsOf(`postgres://db/kv?${says}`)).toThrow(
    expect.objectContaining({ fault: { kind: "unavailable", reason: expect.stringMatching(why) } }),
  );
});

it.each([
  { says: "sslrootcert=system", verifies: "authority and name" },
  { says: "sslmode=verify-full&sslrootcert=system", verifies: "authority and name" },
  { says: "ssl=true&sslrootcert=system", verifies: "authority and name" },
  { says: "sslmode=disable&sslrootcert=system&sslcert=/a.crt", verifies: undefined },
])("$says is taken, and verifies $verifies", ({ says, verifies }) => {
  expect(tlsOf(`postgres://db/kv?${says}`)?.verifies).toBe(verifies);
});

/** A server that answers the first message with `answer`, or hangs up where that is empty, and what it is sent then. */
async function heardBehind(answer: string, parameters: string) {
  const heard: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      if (answer === "") return socket.end();
      socket.write(answer);
      return socket.once("data", (bytes) => {
        heard.push(bytes);
        socket.destroy();
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const database = createPostgresDatabase(`postgres://u@127.0.0.1:${port}/kv${parameters}`);
  const error = await database.query(SEEN, {}).catch((failure: unknown) => failure);
  await database.close();
  server.close();
  return { heard: Buffer.concat(heard).toString("latin1"), error };
}

it.each([
  { answer: "N", parameters: "?sslmode=prefer", hears: /user.*u.*database.*kv/s, code: "CONNECT_CLOSED" },
  { answer: "N", parameters: "?sslmode=require", hears: /^$/, code: "TLS_REFUSED" },
  { answer: "E", parameters: "?sslmode=prefer", hears: /^$/, code: "NOT_POSTGRES" },
  { answer: "", parameters: "?sslmode=require", hears: /^$/, code: "CONNECT_CLOSED" },
  { answer: "S", parameters: "?sslmode=require", hears: /./s, code: "ECONNRESET" },
  // Whoever sits between could put it there, to be taken for what came encrypted.
  { answer: "S and more", parameters: "?sslmode=require", hears: /^$/, code: "NOT_POSTGRES" },
])("with $parameters, behind '$answer' the server hears $hears", async ({ answer, parameters, hears, code }) => {
  const { heard, error } = await heardBehind(answer, parameters);
  expect(heard).toMatch(hears);
  expect(error).toMatchObject({ trouble: "unavailable", cause: { code } });
});
