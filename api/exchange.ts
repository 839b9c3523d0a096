import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** A whole answer. */
export interface Answer {
  readonly status: number;
  /** Null for a header that is not there. */
  readonly headers: { get(name: string): string | null };
  readonly bytes: Buffer;
}

/**
 * One request of HTTP and its answer, over a connection that is kept for the next. By Node's own client: to load `fetch`
 * alone takes 20 ms of CPU, and a request through it three times as much (docs/decisions/0021). A redirect is an answer
 * like others: it leads to a login page or loses the method, and is better told than followed.
 */
export function exchange({ method, url, headers, body }: Sent, signal: AbortSignal): Promise<Answer> {
  const secure = url.startsWith("https:");
  const open = secure ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    let connected = false;
    const failed = (error: unknown) => {
      if (!signal.aborted) reject(error as Error);
      else if (connected) reject(signal.reason as Error);
      // Who gives up before there is a connection has asked for nothing.
      else reject(Object.assign(new Error("no connection", { cause: signal.reason }), { code: "NO_CONNECTION" }));
    };
    const request = open(url, { method, headers, signal }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("error", failed);
      response.on("end", () => {
        const get = (name: string) => response.headers[name]?.toString() ?? null;
        resolve({ status: response.statusCode ?? 0, headers: { get }, bytes: Buffer.concat(pieces) });
      });
    });
    request.once("socket", (socket) => {
      connected = request.reusedSocket;
      if (connected) return; // a kept socket would gather listeners
      socket.once(secure ? "secureConnect" : "connect", () => {
        connected = true;
      });
    });
    request.on("error", failed);
    request.end(body);
  });
}
