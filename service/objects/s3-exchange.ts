import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from "node:http";
import { unavailable } from "./failures.ts";
import { requestIdOf, type S3Connection, textOf } from "./s3-connection.ts";
import { refusalOf, S3Stall } from "./s3-refusal.ts";
import { encodePath, encodeQuery, type Signer, UNSIGNED_PAYLOAD } from "./s3-signing.ts";

/** The bucket that uploads go to, and as whom. */
export interface S3Target {
  readonly connection: S3Connection;
  readonly signer: Signer;
  readonly bucket: string;
}

/** What an upload asks of the rest of the store. */
export interface Surroundings {
  /** Whether the object is in the bucket. */
  exists(name: string): Promise<boolean>;
  /** Takes away what an aborted upload left; best effort, never fails. */
  remove(name: string): Promise<void>;
}

export interface Call {
  readonly method: "PUT" | "POST" | "DELETE";
  readonly name: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A body in memory, which can be sent again. */
export interface Whole {
  readonly chunks: readonly Uint8Array[];
  readonly length: number;
  /** In hex. */
  readonly sha256: string;
}

/** A body that flows and can be sent once. */
export interface Flowing {
  readonly length: number;
  /** Ends with an error when `signal` aborts, and does not yield more than `length` bytes. A chunk may be lent. */
  readonly chunks: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
}

/** An answer with status 2xx. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * Sends a body from memory. Fails with `S3Refusal`, `S3Stall` or the connection's error. Once sent, an abort waits for
 * the answer, though not for long: the caller must know whether it left something in the bucket.
 */
export async function sendWhole(target: S3Target, call: Call, whole: Whole, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  const { request, answer } = open(target, call, whole.length, whole.sha256, true);
  for (const chunk of whole.chunks) request.write(chunk);
  request.end();
  return answered(target, request, answer, signal);
}

/**
 * Sends a body while it comes. Its last byte is held back until the source has ended well, so that a source that fails
 * at its very end leaves no object. Fails with `unavailable` when the server does, else with the source's failure as it is.
 */
export async function sendFlowing(target: S3Target, call: Call, body: Flowing, signal: AbortSignal): Promise<Answer> {
  // A connection of its own: an idle one may be dead already, and this body cannot be sent twice.
  const { request, answer } = open(target, call, body.length, UNSIGNED_PAYLOAD, false);
  const halt = new AbortController();
  const onAbort = () => halt.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  // Before the body's end even a good answer means that nobody listens any more.
  const early = () => halt.abort(unavailable(new Error("S3 answered before the body had ended.")));
  answer.then(early, (error) => halt.abort(unavailable(error)));
  try {
    let missing = body.length;
    let held: Uint8Array | undefined;
    for await (const chunk of body.chunks(halt.signal)) {
      missing -= chunk.byteLength;
      const now = missing > 0 ? chunk : chunk.subarray(0, -1);
      if (missing === 0) held = Buffer.from(chunk.subarray(-1)); // it may be lent
      if (now.byteLength > 0) await written(request, now, halt.signal);
    }
    request.end(held);
  } catch (error) {
    request.destroy();
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  return answered(target, request, answer, signal).catch((error) => {
    throw unavailable(error);
  });
}

function open(
  { connection, signer, bucket }: S3Target,
  { method, name, query = {}, headers = {} }: Call,
  length: number,
  payload: string,
  keepAlive: boolean,
): { readonly request: ClientRequest; readonly answer: Promise<Answer> } {
  const path = `/${encodePath(bucket)}/${encodePath(name)}`;
  const signable = { method, path, query, headers: { ...headers, host: connection.host }, payload };
  const signed = signer.sign(signable, new Date());
  const request = connection.request({
    method,
    path: Object.keys(query).length > 0 ? `${path}?${encodeQuery(query)}` : path,
    headers: { ...signed, "content-length": `${length}` },
    ...(keepAlive ? {} : { agent: false }),
  });
  const ms = connection.limits.stallMsMax;
  request.setTimeout(ms, () => {
    // Nothing moved; but is it the server that is waited for, or the source?
    if (request.writableEnded || request.writableLength > 0) request.destroy(new S3Stall(ms, "take a byte"));
  });
  const answer = new Promise<Answer>((resolve, reject) => {
    request.on("error", reject);
    request.once("response", (response) => answerOf(response).then(resolve, reject));
  });
  answer.catch(() => undefined);
  return { request, answer };
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  const status = response.statusCode ?? 0;
  const body = await textOf(response);
  // CompleteMultipartUpload sends its 200 before it knows how it will end.
  if (status < 200 || status > 299 || /^\s*(<\?xml[^>]*>)?\s*<Error>/.test(body)) {
    throw refusalOf(status, body, requestIdOf(response));
  }
  return { status, headers: response.headers, body };
}

async function answered(
  { connection }: S3Target,
  request: ClientRequest,
  answer: Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const ms = connection.limits.farewellMsMax;
  const onAbort = () => {
    timer = setTimeout(() => request.destroy(new S3Stall(ms, "answer an aborted upload")), ms);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}

/** Resolves when the system has the bytes. Where they cannot be sent, the answer fails, and with it `signal` aborts. */
function written(request: ClientRequest, chunk: Uint8Array, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    request.write(chunk, (error) => {
      if (error) return;
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
  });
}
