import { createServer as createTcpServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { Objects } from "../domain/stores.ts";
import { openS3 } from "./s3.ts";
import {
  BODY,
  busy,
  CREDENTIALS,
  closeAll,
  deaf,
  flowing,
  fresh,
  type Handler,
  half,
  listen,
  never,
  ok,
  QUICK,
  refuse,
  reset,
  silent,
  slice,
  storeWith,
  UNAVAILABLE,
} from "./suite-s3-stub.ts";

afterEach(closeAll);

/** The calls that can be repeated whole. */
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

  it("count while what the server does not take is less than a buffer", async () => {
    const { objects } = await storeWith([deaf], { stallMsMax: 500 });
    async function* crumbs() {
      while (true) yield new Uint8Array(1_000);
    }
    const put = objects.put(fresh(), crumbs(), 50_000_000, never);
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

  it("a list that stops in the middle is not taken for a whole one", async () => {
    const stuck: Handler = (_, response) =>
      response.end("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>");
    const { objects } = await storeWith([stuck]);
    const names = async () => {
      for await (const name of objects.list("")) expect(name).toBeUndefined();
    };
    await expect(names()).rejects.toMatchObject(UNAVAILABLE);
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
