import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { newObjectName, type ObjectName } from "../domain/object.ts";
import type { Objects } from "../domain/stores.ts";
import { openS3 } from "./s3.ts";
import { S3_LIMITS, type S3Limits } from "./s3-limits.ts";

/** Failures that no real server can be asked for. Everything that works is tested with MinIO, in s3.test.ts. */

const never = new AbortController().signal;
const BODY = Buffer.from("the value");
const UNAVAILABLE = { fault: { kind: "unavailable" } };
/** The product's time limits where none must be met; small ones of each test's own where one must. */
const QUICK: S3Limits = {
  ...S3_LIMITS,
  farewellMsMax: 300,
  triesMax: 3,
  pauseMs: 1,
  wholeBytesMax: 1_000,
  partBytesMin: 100_000,
};
const CREDENTIALS = { accessKey: "the-access-key", secretKey: "the-secret-key", region: "us-east-1", bucket: "values" };

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** A store whose server leaves what is in `handlers`, one per request, to them, and says 200 to whatever comes after. */
async function storeWith(
  handlers: Handler[],
  limits: Partial<S3Limits> = {},
): Promise<{ objects: Objects; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === "HEAD" && request.url === "/values") {
      response.end();
      return;
    }
    seen.push(`${request.method} ${request.url?.replace(/^\/values\/main.*?(\?|$)/, "$1")}`.trim());
    const handler = handlers.shift();
    if (handler === early || handler === deaf) handler(request, response, BODY);
    else {
      const body = await buffer(request).catch(() => undefined);
      if (body) (handler ?? ok)(request, response, body);
    }
  });
  const objects = await openS3({ ...CREDENTIALS, endpoint: await listen(server) }, { ...QUICK, ...limits });
  opened.push(objects);
  return { objects, seen };
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push({
    close: () => {
      if ("closeAllConnections" in server) server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ok: Handler = (request, response) => {
  if (request.method === "GET") response.writeHead(206, { "content-length": BODY.length }).end(BODY);
  else if (request.url?.endsWith("?uploads=")) response.end("<R><UploadId>an id &amp; more</UploadId></R>");
  else response.writeHead(200, { etag: '"tag"' }).end();
};
const refuse =
  (status: number, code: string): Handler =>
  (_, response) => {
    response.writeHead(status).end(`<Error><Code>${code}</Code><Message>for a test</Message></Error>`);
  };
const busy = refuse(503, "SlowDown");
const reset: Handler = (request) => request.socket.resetAndDestroy();
const silent: Handler = () => undefined;
const half: Handler = (_, response) => {
  response.writeHead(206, { "content-length": BODY.length }).write(BODY.subarray(0, 4));
};
/** Answers before it has read the body. */
const early: Handler = (_, response) => refuse(403, "AccessDenied")(_, response, BODY);
/** Reads nothing. */
const deaf: Handler = (request) => request.pause();

const fresh = (): ObjectName =>
  newObjectName({ tenant: "main", namespace: "ns", key: "key" } as Parameters<typeof newObjectName>[0]);
const slice = () => ({ object: fresh(), offset: 0, length: BODY.length });

async function* flowing(length: number, ms = 0): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < length; at += 50_000) {
    if (ms > 0) await pause(ms);
    yield new Uint8Array(Math.min(50_000, length - at));
  }
}

const small = [
  { what: "a put", run: (objects: Objects) => objects.put(fresh(), BODY, undefined, never), answer: BODY.length },
  { what: "a read", run: (objects: Objects) => objects.read(slice(), never), answer: new Uint8Array(BODY) },
  { what: "a delete", run: (objects: Objects) => objects.delete(fresh()), answer: undefined },
];

describe("what passes by itself", () => {
  describe.each(small)("$what", ({ run, answer }) => {
    it.each([
      ["busy with 503", [busy, busy]],
      ["busy with 429", [refuse(429, "TooManyRequests")]],
      ["failing inside with 500", [refuse(500, "InternalError")]],
      ["resetting connections", [reset, reset]],
    ])("is tried again while the server is %s", async (_, handlers) => {
      const tries = handlers.length + 1;
      const { objects, seen } = await storeWith([...handlers]);
      expect(await run(objects)).toEqual(answer);
      expect(seen).toHaveLength(tries);
    });

    it("fails with unavailable after the last try", async () => {
      const { objects, seen } = await storeWith([busy, busy, busy]);
      await expect(run(objects)).rejects.toMatchObject({ ...UNAVAILABLE, cause: { status: 503, code: "SlowDown" } });
      expect(seen).toHaveLength(3);
    });

    it("is not tried again when the server refuses for good", async () => {
      const { objects, seen } = await storeWith([refuse(403, "AccessDenied")]);
      await expect(run(objects)).rejects.toMatchObject({ ...UNAVAILABLE, cause: { code: "AccessDenied" } });
      expect(seen).toHaveLength(1);
    });

    it("fails with unavailable when no answer comes in time", async () => {
      const { objects } = await storeWith([silent], { stallMsMax: 500, requestMsMax: 1_000 });
      await expect(run(objects)).rejects.toMatchObject({ ...UNAVAILABLE, cause: { name: "S3Stall" } });
    });
  });

  it("a list is tried again, page by page", async () => {
    const page = (name: string, more: boolean): Handler => {
      const contents = `<Contents><Key>${name}</Key></Contents><IsTruncated>${more}</IsTruncated>`;
      return (_, response) => response.end(`<ListBucketResult>${contents}</ListBucketResult>`);
    };
    const { objects } = await storeWith([busy, page("a", true), reset, page("b", false)]);
    const names: string[] = [];
    for await (const name of objects.list("")) names.push(name);
    expect(names).toEqual(["a", "b"]);
  });

  it("a part is tried again, and only that part", async () => {
    const { objects, seen } = await storeWith([ok, ok, busy, ok, reset, ok]);
    expect(await objects.put(fresh(), flowing(250_000), undefined, never)).toBe(250_000);
    const id = "uploadId=an%20id%20%26%20more";
    const parts = [1, 2, 2, 3, 3].map((part) => `PUT ?partNumber=${part}&${id}`);
    expect(seen).toEqual(["POST ?uploads=", ...parts, `POST ?${id}`]);
  });
});

describe("time limits", () => {
  it("count while the server takes no byte of an upload", async () => {
    const { objects } = await storeWith([deaf], { stallMsMax: 500 });
    const put = objects.put(fresh(), flowing(50_000_000), 50_000_000, never);
    await expect(put).rejects.toMatchObject({ ...UNAVAILABLE, cause: { name: "S3Stall" } });
  });

  it("do not count while the source of an upload is slow", async () => {
    const { objects } = await storeWith([], { stallMsMax: 1_000 });
    const slow = flowing(100_000, 2_500);
    expect(await objects.put(fresh(), slow, 100_000, never)).toBe(100_000);
  });

  it("count while a stream waits for its next byte", async () => {
    const { objects } = await storeWith([half], { stallMsMax: 500 });
    const chunks = await objects.stream(slice(), never);
    const read = async () => {
      for await (const chunk of chunks ?? []) expect(chunk).toEqual(BODY.subarray(0, 4));
    };
    await expect(read()).rejects.toMatchObject(UNAVAILABLE);
  });

  it("do not count while the reader of a stream is slow", async () => {
    const large = new Uint8Array(20_000_000);
    const whole: Handler = (_, response) => response.writeHead(206, { "content-length": large.length }).end(large);
    const { objects } = await storeWith([whole], { stallMsMax: 1_000 });
    const chunks = await objects.stream({ object: fresh(), offset: 0, length: large.length }, never);
    let count = 0;
    for await (const chunk of chunks ?? []) {
      if (count === 0) await pause(2_500);
      count += chunk.byteLength;
    }
    expect(count).toBe(large.length);
  });

  it("end a read whose answer stops half-way", async () => {
    const { objects } = await storeWith([half], { requestMsMax: 1_000 });
    await expect(objects.read(slice(), never)).rejects.toMatchObject(UNAVAILABLE);
  });

  it("end a connection that does not come to stand", async () => {
    const mute = createTcpServer(() => undefined);
    const endpoint = (await listen(mute)).replace("http:", "https:");
    const opening = openS3({ ...CREDENTIALS, endpoint }, { ...QUICK, connectMsMax: 200 });
    await expect(opening).rejects.toThrow(/does not answer \(ETIMEDOUT\)/);
  });
});

describe("an upload that goes wrong", () => {
  it("stops its source when the server refuses before the body has ended", async () => {
    const { objects } = await storeWith([early]);
    let closed = false;
    async function* endless() {
      try {
        yield* flowing(1_000_000_000);
      } finally {
        closed = true;
      }
    }
    await expect(objects.put(fresh(), endless(), 1_000_000_000, never)).rejects.toMatchObject(UNAVAILABLE);
    expect(closed).toBe(true);
  });

  it("never gives the server a whole body while its source may still fail", async () => {
    const whole = vi.fn(ok);
    const { objects, seen } = await storeWith([whole]);
    const broken = new Error("broken on purpose");
    async function* source() {
      yield* flowing(150_000);
      await vi.waitFor(() => expect(seen).toEqual(["PUT"]));
      await pause(100); // for a body that is whole to arrive
      throw broken;
    }
    await expect(objects.put(fresh(), source(), 150_000, never)).rejects.toBe(broken);
    expect(whole).not.toHaveBeenCalled();
  });

  it("throws its parts away only when none is under way any more, or that one would stay", async () => {
    let answered = 0;
    const slow: Handler = (request, response, body) => {
      setTimeout(() => {
        answered += 1;
        ok(request, response, body);
      }, 200);
    };
    let answeredBefore: number | undefined;
    const inOrder: Handler = (request, response, body) => {
      answeredBefore = answered;
      ok(request, response, body);
    };
    const { objects, seen } = await storeWith([ok, slow, inOrder]);
    const broken = new Error("broken on purpose");
    async function* source() {
      yield* flowing(150_000);
      await vi.waitFor(() => expect(seen).toHaveLength(2));
      throw broken;
    }
    await expect(objects.put(fresh(), source(), undefined, never)).rejects.toBe(broken);
    expect(seen.map((line) => line.slice(0, 6))).toEqual(["POST ?", "PUT ?p", "DELETE"]);
    expect(answeredBefore).toBe(1);
  });

  it("removes an object that was completed while its caller went away", async () => {
    const abort = new AbortController();
    const reason = new Error("went away");
    const complete: Handler = (request, response, body) => {
      abort.abort(reason);
      ok(request, response, body);
    };
    const { objects, seen } = await storeWith([ok, ok, ok, complete]);
    await expect(objects.put(fresh(), flowing(150_000), undefined, abort.signal)).rejects.toBe(reason);
    expect(seen.slice(-2)).toEqual([expect.stringMatching(/^DELETE \?uploadId=/), "DELETE"]);
  });

  it("fails, and throws its parts away, when the 200 of its completion carries an error", async () => {
    const failed: Handler = (_, response) =>
      response.end('<?xml version="1.0" encoding="UTF-8"?>\n\n<Error><Code>InternalOdd</Code></Error>');
    const { objects, seen } = await storeWith([ok, ok, ok, failed]);
    const put = objects.put(fresh(), flowing(150_000), undefined, never);
    await expect(put).rejects.toMatchObject({ ...UNAVAILABLE, cause: { code: "InternalOdd" } });
    expect(seen.at(-1)).toMatch(/^DELETE \?uploadId=/);
  });

  it("succeeds when only the answer of its completion was lost, because the object is there", async () => {
    const { objects } = await storeWith([ok, ok, ok, reset, refuse(404, "NoSuchUpload"), ok]);
    expect(await objects.put(fresh(), flowing(150_000), undefined, never)).toBe(150_000);
  });

  it("fails when its completion finds neither the upload nor the object", async () => {
    const missing: Handler = (_, response) => response.writeHead(404).end();
    const { objects } = await storeWith([ok, ok, ok, refuse(404, "NoSuchUpload"), missing]);
    const put = objects.put(fresh(), flowing(150_000), undefined, never);
    await expect(put).rejects.toMatchObject({ ...UNAVAILABLE, cause: { code: "NoSuchUpload" } });
  });

  it.each([
    { what: "from memory", bytes: () => BODY, size: undefined },
    { what: "that flowed", bytes: () => flowing(150_000), size: 150_000 },
  ])("removes what an aborted put $what may have left when its answer never came", async ({ bytes, size }) => {
    const abort = new AbortController();
    const reason = new Error("went away");
    const { objects, seen } = await storeWith([() => abort.abort(reason)]);
    await expect(objects.put(fresh(), bytes(), size, abort.signal)).rejects.toBe(reason);
    expect(seen).toEqual(["PUT", "DELETE"]);
  });

  it("removes what a put has stored whose caller went away meanwhile", async () => {
    const abort = new AbortController();
    const reason = new Error("went away");
    const { objects, seen } = await storeWith([
      (request, response, body) => {
        abort.abort(reason);
        ok(request, response, body);
      },
    ]);
    await expect(objects.put(fresh(), BODY, undefined, abort.signal)).rejects.toBe(reason);
    expect(seen).toEqual(["PUT", "DELETE"]);
  });
});

describe("answers that are not S3's", () => {
  const page: Handler = (_, response) => response.writeHead(404).end("<html><h1>Not here</h1></html>");

  it("a proxy's 404 is no missing object", async () => {
    const { objects } = await storeWith([page]);
    await expect(objects.read(slice(), never)).rejects.toMatchObject(UNAVAILABLE);
  });

  it("a range that was ignored is not passed on", async () => {
    const whole: Handler = (_, response) => response.writeHead(200, { "content-length": 100 }).end(Buffer.alloc(100));
    const { objects } = await storeWith([whole]);
    await expect(objects.read(slice(), never)).rejects.toMatchObject({ name: "ObjectDamaged" });
  });

  it("an endless page does not fill the memory", async () => {
    const endless: Handler = (_, response) => {
      response.writeHead(403);
      const more = () => {
        while (response.write(Buffer.alloc(65_536, "x")));
      };
      response.on("drain", more);
      more();
    };
    const { objects } = await storeWith([endless]);
    await expect(objects.delete(fresh())).rejects.toMatchObject(UNAVAILABLE);
  });
});

it("no error tells the secret, the signature or a value", async () => {
  const leaky: Handler = (request, response) =>
    response
      .writeHead(403)
      .end(
        `<Error><Code>SignatureDoesNotMatch</Code><Message>no match</Message><StringToSign>${request.headers.authorization}</StringToSign></Error>`,
      );
  for (const { run } of small) {
    const { objects } = await storeWith([leaky]);
    const error = await run(objects).catch((failure) => failure);
    const told = JSON.stringify([error, error.message, error.cause, error.cause.message, error.cause.stack]);
    expect(told).toContain("SignatureDoesNotMatch");
    expect(told).not.toMatch(/the-secret-key|the-access-key|Signature=|the value/);
  }
});
