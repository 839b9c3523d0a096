import { once } from "node:events";
import { connect } from "node:net";
import { headOf, isWhole } from "./answers.ts";

export interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** These the server makes by itself. */
const OF_THE_CONNECTION = new Set(["date", "connection", "keep-alive", "content-length", "transfer-encoding"]);

/** Sends one prepared request and answers what came. Fails when it was refused. */
export async function send(port: number, request: string): Promise<Sent> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(request);
  let arrived = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    arrived = Buffer.concat([arrived, chunk]);
    const head = headOf(arrived);
    if (!head || !isWhole(head, arrived)) continue;
    const [top = "", ...rest] = arrived.toString().split("\r\n\r\n");
    if (head.status < 200 || head.status > 299) throw new Error(`The answer was ${head.status}: ${rest.join("")}`);
    const headers = top
      .split("\r\n")
      .slice(1)
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)] as const);
    return {
      headers: Object.fromEntries(headers.filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()))),
      body: rest.join("\r\n\r\n"),
    };
  }
  throw new Error("The connection ended before the answer.");
}
