import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

export interface Stranger {
  readonly address: string;
  close(): Promise<void>;
}

/** A server on a free port that is no Namespace KV. */
export async function startStranger(listener: RequestListener): Promise<Stranger> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** Answers every request with a page, as web servers and proxies do. */
export const page =
  (status: number, html = "<html><body><h1>Hello</h1></body></html>"): RequestListener =>
  (_, response) => {
    response.writeHead(status, { "Content-Type": "text/html" }).end(html);
  };

/** Accepts every request and never answers. */
export const silent: RequestListener = () => undefined;

/** Promises more than it sends. */
export const cutOff: RequestListener = (_, response) => {
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "1000" });
  response.write('{"value":', () => response.destroy());
};
