import { connect, type Socket } from "node:net";
import { Readable } from "node:stream";
import type { Slice } from "../domain/entry.ts";
import { unavailable } from "./failures.ts";
import type { S3Target } from "./s3-exchange.ts";
import { limited } from "./s3-retry.ts";
import { EMPTY_PAYLOAD, encodePath } from "./s3-signing.ts";

/** What one read of the socket brings at most: each costs the same, however many bytes it has. */
const BLOCK_BYTES = 1_024 * 1_024;
/** One is the reader's, the other is filled meanwhile. */
const BLOCKS = 2;
const HEAD_BYTES_MAX = 16 * 1_024;
const HEAD_END = "\r\n\r\n";

/** Slices that are lent at once: a slow reader keeps his blocks for long. */
const DOWNLOADS_MAX = 16;

/**
 * Long slices on connections of their own, whose bytes are read into the same two blocks by turns: a chunk is good until
 * the next one is asked for. Node's HTTP client gives each chunk fresh memory, and that alone costs more than to read it
 * (docs/decisions/0031).
 */
export class Downloads {
  readonly #target: S3Target;
  #open = 0;

  constructor(target: S3Target) {
    this.#target = target;
  }

  /**
   * Undefined when the usual way is as good, and when it must say what is wrong: there is no connection, or an answer
   * that is anything but 206 with exactly the slice's length. Fails with `unavailable` when no answer comes in time,
   * and with the reason of `signal`.
   */
  async start(slice: Slice, signal: AbortSignal): Promise<Readable | undefined> {
    const { secure, limits } = this.#target.connection;
    // With TLS each record of 16 KiB is a chunk of its own, and to decrypt it what costs.
    if (secure || slice.length < limits.lentBytesMin || this.#open === DOWNLOADS_MAX) return undefined;
    try {
      return await limited(limits.requestMsMax, signal, (within) => this.#start(slice, within));
    } catch (error) {
      throw signal.aborted ? signal.reason : unavailable(error);
    }
  }

  async #start(slice: Slice, signal: AbortSignal): Promise<Readable | undefined> {
    const download = new Download(this.#target, slice.length);
    this.#open += 1;
    download.once("close", () => {
      this.#open -= 1;
    });
    const onAbort = () => download.destroy();
    signal.addEventListener("abort", onAbort, { once: true });
    const head = await download.ask(requestOf(this.#target, slice));
    signal.removeEventListener("abort", onAbort);
    if (isWanted(head, slice.length)) return download;
    download.destroy();
    signal.throwIfAborted();
    return undefined;
  }
}

function requestOf({ connection, signer, bucket }: S3Target, { object, offset, length }: Slice): string {
  const path = `/${encodePath(bucket)}/${encodePath(object)}`;
  const asked = { host: connection.host, range: `bytes=${offset}-${offset + length - 1}` };
  const headers = signer.sign({ method: "GET", path, query: {}, headers: asked, payload: EMPTY_PAYLOAD }, new Date());
  const lines = Object.entries({ ...headers, connection: "close" }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** A body that is framed in another way than by its length is left to a client that knows all of them (RFC 9112, 6). */
function isWanted(head: string | undefined, length: number): boolean {
  if (head === undefined || !/^HTTP\/1\.[01] 206 /.test(head) || /\r\ntransfer-encoding:/i.test(head)) return false;
  return /\r\ncontent-length:[ \t]*(\d+)[ \t]*\r\n/i.exec(head)?.[1] === `${length}`;
}

/**
 * Reads once for each chunk that is asked for, and one ahead. So when the next block is the one whose bytes the reader
 * may still look at, it is not filled before the reader asks for more.
 */
class Download extends Readable {
  readonly #socket: Socket;
  readonly #blocks = Array.from({ length: BLOCKS }, () => Buffer.allocUnsafeSlow(BLOCK_BYTES));
  #reads = 0;
  /** What has come of the status line and headers; undefined behind their end. */
  #head: Buffer | undefined = Buffer.alloc(0);
  #onHead: (head: string | undefined) => void = () => undefined;
  #missing: number;

  constructor({ connection: { hostname: host, port } }: S3Target, length: number) {
    super({ objectMode: true, highWaterMark: 1 });
    this.#missing = length;
    const buffer = () => this.#blocks[this.#reads++ % BLOCKS] as Buffer;
    const callback = (count: number, block: Uint8Array) => this.#take(block.subarray(0, count));
    this.#socket = connect({ host, port, onread: { buffer, callback } });
    this.#socket.on("error", (error) => this.destroy(error));
    this.#socket.on("end", () =>
      this.destroy(new Error(`The answer broke off ${this.#missing} bytes before its end.`)),
    );
    this.on("error", () => undefined);
  }

  /** The status line and headers of the answer, or undefined when there will be none. */
  ask(request: string): Promise<string | undefined> {
    this.#socket.write(request);
    return new Promise((resolve) => {
      this.#onHead = resolve;
    });
  }

  override _read(): void {
    if (!this.#head) this.#socket.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    this.#onHead(undefined);
    done(error);
  }

  /** Whether the socket shall go on reading. */
  #take(bytes: Uint8Array): boolean {
    if (!this.#head) {
      this.#pass(bytes);
      return false;
    }
    this.#head = Buffer.concat([this.#head, bytes]);
    const end = this.#head.indexOf(HEAD_END);
    if (end === -1 && this.#head.length <= HEAD_BYTES_MAX) return true;
    const [head, body] = [this.#head.subarray(0, end + 2), this.#head.subarray(end + HEAD_END.length)];
    this.#head = undefined;
    if (body.length > 0) this.#pass(body);
    this.#onHead(head.toString("latin1"));
    return false;
  }

  #pass(bytes: Uint8Array): void {
    this.#missing -= bytes.length;
    this.push(bytes);
    if (this.#missing <= 0) this.push(null);
  }
}
