import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { Client, type ClientOptions } from "minio";
import { requestIdOf, type S3Connection, textOf } from "./s3-connection.ts";
import { refusalOf } from "./s3-refusal.ts";
import type { Credentials } from "./s3-signing.ts";

type Transport = NonNullable<ClientOptions["transport"]>;
type OnResponse = (response: IncomingMessage) => void;

/**
 * The `minio` client, with what it lacks: time limits and aborts. It takes neither per call, but it sends everything
 * through `transport`; so each operation gets a view of the one client whose transport listens to that operation's signal.
 * (AsyncLocalStorage would do as well, and would slow down every promise of the process on Node.js 20.)
 *
 * Its region is set, or it asks for it first, and again after each error. A refusal never reaches it: its retries print
 * warnings and leave the refused answer unread, which blocks the connection, and its errors carry every field of the
 * answer, the access key among them.
 */
export class S3Client extends Client {
  readonly #connection: S3Connection;

  constructor(connection: S3Connection, { accessKey, secretKey, region }: Credentials) {
    const { hostname, port, secure, agent } = connection;
    super({
      endPoint: hostname,
      port,
      useSSL: secure,
      accessKey,
      secretKey,
      region,
      pathStyle: true,
      transportAgent: agent,
      retryOptions: { disableRetry: true },
    });
    this.#connection = connection;
  }

  /** This client, for one operation. When `signal` aborts, what is under way fails with its reason. */
  within(signal: AbortSignal): Client {
    const request = (options: RequestOptions, onResponse: OnResponse) => {
      const sent = this.#connection.request(options, (response) => forward(sent, response, onResponse));
      abortable(sent, signal);
      return sent;
    };
    return Object.create(this, { transport: { value: { request } as Transport } });
  }
}

function forward(request: ClientRequest, response: IncomingMessage, onResponse: OnResponse): void {
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) {
    onResponse(response);
    return;
  }
  textOf(response).then(
    (body) => request.emit("error", refusalOf(status, body, requestIdOf(response))),
    (error) => request.emit("error", error),
  );
}

function abortable(request: ClientRequest, signal: AbortSignal): void {
  const onAbort = () => request.destroy(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  request.once("close", () => signal.removeEventListener("abort", onAbort));
}
