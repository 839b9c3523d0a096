import { IncomingMessage, type ServerOptions, ServerResponse } from "node:http";
import type { Exchange, RequestSpan } from "../domain/telemetry.ts";

/** An exchange as the server sees it, which alone knows when it ended and how many bytes it took. */
export interface Watched extends Exchange {
  readonly req: CountedRequest;
  readonly statusCode: number;
  readonly writableFinished: boolean;
  /** On the clock of `performance.now`. */
  readonly startedAt: number;
  readonly bytes: number;
}

export interface ExchangeWatch {
  began(): void;
  /** Called once, when the last byte has left or the connection is gone. */
  ended(exchange: Watched): void;
}

/** A request that counts the bytes of its body, also of one that nobody reads. */
export class CountedRequest extends IncomingMessage {
  bytes = 0;

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    if (chunk !== null) this.bytes += lengthOf(chunk, encoding);
    return super.push(chunk, encoding);
  }
}

/**
 * What `node:http` is to make of each request. Classes and no listeners: they add fields to the objects that are made
 * anyway, where a listener would need a closure for each request and still not see the bytes.
 */
export function exchangeClasses(watch: ExchangeWatch): ServerOptions {
  class WatchedResponse extends ServerResponse implements Watched {
    declare readonly req: CountedRequest;
    readonly startedAt = performance.now();
    requestId: string | undefined = undefined;
    route: string | undefined = undefined;
    fault: string | undefined = undefined;
    by: string | undefined = undefined;
    waits = false;
    span: RequestSpan | undefined = undefined;
    bytes = 0;

    constructor(...made: ConstructorParameters<typeof ServerResponse>) {
      super(...made);
      watch.began();
      this.on("close", ended);
    }

    override write(chunk: unknown, encoding?: unknown, done?: unknown): boolean {
      this.bytes += lengthOf(chunk, encoding);
      return super.write(chunk, encoding as BufferEncoding, done as () => void);
    }

    override end(chunk?: unknown, encoding?: unknown, done?: unknown): this {
      this.bytes += lengthOf(chunk, encoding);
      return super.end(chunk, encoding as BufferEncoding, done as () => void);
    }
  }
  function ended(this: WatchedResponse): void {
    watch.ended(this);
  }
  // Node's types cannot say that the two come as a pair.
  return { IncomingMessage: CountedRequest, ServerResponse: WatchedResponse } as unknown as ServerOptions;
}

function lengthOf(chunk: unknown, encoding: unknown): number {
  if (chunk instanceof Uint8Array) return chunk.byteLength;
  if (typeof chunk !== "string") return 0;
  return Buffer.byteLength(chunk, typeof encoding === "string" ? (encoding as BufferEncoding) : undefined);
}
