import { Failure } from "../domain/fault.ts";
import { unavailable } from "./failures.ts";
import { type Answer, type Call, type S3Target, type Surroundings, sendWhole, type Whole } from "./s3-exchange.ts";
import { wholeOf } from "./s3-gather.ts";
import { PARTS_MAX } from "./s3-limits.ts";
import { S3Refusal, xmlText } from "./s3-refusal.ts";
import { limited, retrying } from "./s3-retry.ts";

const NOTHING = wholeOf(new Uint8Array());

/**
 * Uploads bodies as the parts of one object, which is there when all have come, and never before
 * (docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html). One part is under way while the next is collected.
 * On any failure the parts are thrown away: `unavailable` when the server fails, that of `parts` or `signal` as it is.
 * Answers the number of bytes.
 */
export async function putInParts(
  target: S3Target,
  { exists, remove }: Surroundings,
  name: string,
  parts: AsyncIterable<{ readonly whole: Whole }>,
  signal: AbortSignal,
): Promise<number> {
  const upload = new Upload(target, name, await begin(target, name, signal));
  let count = 0;
  let under: Promise<void> = Promise.resolve();
  try {
    for await (const { whole } of parts) {
      await under;
      if (upload.full) throw new Failure({ kind: "too_large", bytesMax: count });
      count += whole.length;
      under = upload.add(whole, signal);
      // Its failure is met by the next `await under`; until then it is no unhandled one.
      under.catch(() => undefined);
    }
    await under;
    await upload.complete(() => exists(name), signal);
    return count;
  } catch (error) {
    await under.catch(() => undefined); // a part that arrives after the abort would stay
    await upload.abort();
    if (signal.aborted) await remove(name); // it may have been complete by then
    throw error;
  }
}

async function begin(target: S3Target, name: string, signal: AbortSignal): Promise<string> {
  const headers = { "content-type": "application/json" };
  const { body } = await repeat(target, { method: "POST", name, query: { uploads: "" }, headers }, NOTHING, signal);
  const id = xmlText(body, "UploadId");
  if (!id) throw unavailable(new Error("S3 began an upload without an UploadId."));
  return id;
}

class Upload {
  readonly #target: S3Target;
  readonly #name: string;
  readonly #id: string;
  /** Of the parts sent, in order. */
  readonly #etags: string[] = [];

  constructor(target: S3Target, name: string, id: string) {
    this.#target = target;
    this.#name = name;
    this.#id = id;
  }

  get full(): boolean {
    return this.#etags.length === PARTS_MAX;
  }

  /** One at a time. */
  async add(whole: Whole, signal: AbortSignal): Promise<void> {
    const query = { partNumber: `${this.#etags.length + 1}`, uploadId: this.#id };
    const { headers } = await repeat(this.#target, { method: "PUT", name: this.#name, query }, whole, signal);
    if (!headers.etag) throw unavailable(new Error("S3 took a part without an ETag."));
    this.#etags.push(headers.etag);
  }

  async complete(exists: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
    const parts = this.#etags.map(
      (etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
    );
    const xml = Buffer.from(`<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`);
    try {
      await repeat(this.#target, this.#call("POST"), wholeOf(xml), signal);
    } catch (error) {
      // The first try may have succeeded and its answer been lost; then the upload is no more, but the object is there.
      if (!(isNoSuchUpload(error) && (await exists()))) throw error;
    }
    signal.throwIfAborted();
  }

  /** Without the caller's signal, which may be why. What fails here is left to the bucket's own clean-up of old uploads. */
  async abort(): Promise<void> {
    const { connection } = this.#target;
    await limited(connection.limits.requestMsMax, undefined, (signal) =>
      repeat(this.#target, this.#call("DELETE"), NOTHING, signal),
    ).catch(() => undefined);
  }

  #call(method: Call["method"]): Call {
    return { method, name: this.#name, query: { uploadId: this.#id } };
  }
}

async function repeat(target: S3Target, call: Call, whole: Whole, signal: AbortSignal): Promise<Answer> {
  try {
    return await retrying(target.connection.limits, signal, () => sendWhole(target, call, whole, signal));
  } catch (error) {
    throw signal.aborted ? signal.reason : unavailable(error);
  }
}

const isNoSuchUpload = (error: unknown): boolean =>
  error instanceof Failure && error.cause instanceof S3Refusal && error.cause.code === "NoSuchUpload";

const escapeXml = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
