import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that came by: its method and its path below the tenant, without the query's values. */
export interface CountingRelay {
  readonly address: string;
  /** Such as `GET /namespaces/a.b/kv?limit`. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Stands before a service, hands every request on as it came, and writes down which there were. */
export async function startCounting(
  target: string,
  meddle: (incoming: IncomingMessage, outgoing: ServerResponse) => boolean = () => false,
): Promise<CountingRelay> {
  const requests: string[] = [];
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    const { method = "", url = "", headers } = incoming;
    const { pathname, searchParams } = new URL(url, target);
    requests.push(
      `${method} ${pathname.replace("/api/v1/main", "")}${searchParams.size > 0 ? "?" : ""}${[...searchParams.keys()].join("&")}`,
    );
    if (meddle(incoming, outgoing)) return;
    const onward = request(new URL(url, target), { method, headers, agent }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      agent.destroy();
      await once(server, "close");
    },
  };
}
