import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface StubAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server that is none of ours: a proxy, another program, or (with undefined) one that never answers. */
export async function answering(answer: (request: IncomingMessage) => StubAnswer | undefined) {
  const server = createServer((request, response) => {
    const said = answer(request);
    if (said) response.writeHead(said.status, { "Content-Type": said.type, ...said.headers }).end(said.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
