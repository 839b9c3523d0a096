import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  BODY,
  closeAll,
  early,
  flowing,
  fresh,
  type Handler,
  never,
  ok,
  refuse,
  reset,
  storeWith,
  UNAVAILABLE,
} from "./suite-s3-stub.ts";

afterEach(closeAll);

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
