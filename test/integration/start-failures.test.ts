import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { PAIRS } from "../support/service.ts";

/** Starts the service as an operator does, and answers how it ended. */
function start(env: Readonly<Record<string, string>>): Promise<{ readonly code: unknown; readonly text: string }> {
  return new Promise((resolve) => {
    const words = ["dist/nskv.js", "serve", "--port", "0"];
    const options = { env: { PATH: `${process.env["PATH"]}`, ...env }, timeout: 50_000 };
    execFile(process.execPath, words, options, (error, _, text) => resolve({ code: error?.code ?? 0, text }));
  });
}

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A Postgres that answers every greeting with an error (PostgreSQL manual, 55.7: ErrorResponse). */
const refusing = (sqlstate: string): Server =>
  createServer((socket) => {
    const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlstate}\0Mno\0\0`);
    const length = Buffer.alloc(4);
    length.writeInt32BE(fields.length + 4);
    socket
      .on("error", () => undefined)
      .once("data", () => socket.end(Buffer.concat([Buffer.from("E"), length, fields])));
  });

/** One that says that it has no TLS (55.2.10), and does not understand what comes then. */
const withoutTls = (): Server =>
  createServer((socket) =>
    socket
      .on("error", () => undefined)
      .once("data", () => {
        socket.write("N");
        socket.once("data", () => socket.end());
      }),
  );

const hangingUp = (): Server => createServer((socket) => socket.on("error", () => undefined).end());

const S3 = {
  NSKV_S3_ENDPOINT: "http://127.0.0.1:1",
  NSKV_S3_BUCKET: "values",
  NSKV_S3_ACCESS_KEY: "key",
  NSKV_S3_SECRET_KEY: "hidden-key",
};

const DATABASES = [
  {
    when: "the password is wrong",
    server: () => refusing("28P01"),
    says: /refuses the password\. Check user and password/,
  },
  { when: "the user may not log in", server: () => refusing("28000"), says: /does not let this user in.*pg_hba\.conf/ },
  { when: "there is no such database", server: () => refusing("3D000"), says: /no database of this name\. Create it/ },
  { when: "it has no connection left", server: () => refusing("53300"), says: /max_connections/ },
  {
    when: "PgBouncer does not know a startup parameter",
    server: () => refusing("08P01"),
    says: /pooler.*startup parameters\. Set ignore_startup_parameters there/,
  },
  { when: "it is starting", server: () => refusing("57P03"), says: /still starting.*Try again/ },
  {
    when: "something else listens there",
    server: () => createHttpServer(),
    says: /no PostgreSQL server\. Check host and port/,
  },
  { when: "a proxy has no server behind it", server: hangingUp, says: /closed before the server had said/ },
  {
    when: "it has no TLS",
    server: withoutTls,
    parameters: "?sslmode=require",
    says: /has no TLS, which sslmode asks for\. Set ssl = on/,
  },
] as const;

describe("a start that fails says why and what to do, and gives no secret away", () => {
  it.each(DATABASES)("the database: $when", async ({ server, says, ...more }) => {
    const port = await listen(server());
    const parameters = "parameters" in more ? more.parameters : "";
    const url = `postgres://someone:hidden@127.0.0.1:${port}/kv${parameters}`;
    const { code, text } = await start({ ...S3, NSKV_DATABASE_URL: url });
    expect([code, text]).toEqual([1, expect.stringMatching(says)]);
    expect(text).toContain(`The database "kv" at 127.0.0.1:${port} as user "someone" cannot be opened`);
    expect(text).not.toContain("hidden");
  });

  it.each([
    ["127.0.0.1:1", /nothing listens there\. Start the server/],
    ["no-such-host.invalid:5432", /no host of this name\. Check the host in NSKV_DATABASE_URL/],
  ])("the database: nobody at %s", async (host, says) => {
    const { code, text } = await start({ ...S3, NSKV_DATABASE_URL: `postgres://someone:hidden@${host}/kv` });
    expect([code, text]).toEqual([1, expect.stringMatching(says)]);
    expect(text).not.toContain("hidden");
  });
});

describe("the embedded store's folder", () => {
  it("is a file: no stack trace, but what to do", async () => {
    const { code, text } = await start({ NSKV_DATA: "package.json" });
    expect([code, text]).toEqual([
      1,
      expect.stringMatching(/package\.json cannot be used: a file is in its way.*Choose another .*--data/),
    ]);
    expect(text.split("\n")).toHaveLength(3);
  });
});

const real = PAIRS.find(({ pair }) => pair !== "embedded");

describe.skipIf(!real || real.skip)("the object store, beside a database that answers", () => {
  const rows: readonly { when: string; env: () => Promise<Record<string, string>>; says: RegExp }[] = [
    {
      when: "the secret is wrong",
      env: async () => ({ NSKV_S3_SECRET_KEY: "hidden" }),
      says: /the server refuses \(.*NSKV_S3_SECRET_KEY/,
    },
    {
      when: "nobody listens",
      env: async () => ({ NSKV_S3_ENDPOINT: "http://127.0.0.1:1" }),
      says: /ECONNREFUSED.*NSKV_S3_ENDPOINT/,
    },
    {
      when: "the bucket has no name of a bucket",
      env: async () => ({ NSKV_S3_BUCKET: "Not A Bucket" }),
      says: /no name of a bucket/,
    },
    {
      when: "it speaks no TLS",
      env: async () => ({ NSKV_S3_ENDPOINT: `https://127.0.0.1:${await listen(createHttpServer())}` }),
      says: /does not speak TLS.*http:\/\//,
    },
    {
      when: "something else listens there",
      env: async () => ({
        NSKV_S3_ENDPOINT: `http://127.0.0.1:${await listen(createHttpServer((_, response) => response.writeHead(418).end()))}`,
      }),
      says: /refuses \(418.*is an S3 server/,
    },
  ];

  it.each(rows)("$when", async ({ env, says }) => {
    const storage = await real?.open();
    try {
      const { code, text } = await start({ ...storage?.env, ...(await env()) });
      expect([code, text]).toEqual([1, expect.stringMatching(says)]);
      expect(text).not.toContain("hidden");
    } finally {
      await storage?.drop();
    }
  });
});
