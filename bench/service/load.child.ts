import { once } from "node:events";
import { connect } from "node:net";
import { type Head, headOf, isWhole } from "./answers.ts";
import type { Load } from "./load.ts";
import { type Stopwatch, startStopwatch } from "./stopwatch.ts";

/** Sends prepared bytes over bare sockets: a client that builds requests would cost more than what is measured. */
const [load] = (await once(process, "message")) as [Load];
const requests = load.requests.map((text) => Buffer.from(text));
let next = 0;

function drive(watch: Stopwatch): void {
  const socket = connect(load.port, "127.0.0.1");
  socket.setNoDelay(true);
  let startedAt = 0;
  let arrived: Buffer | undefined;
  let head: Head | undefined;
  const fire = () => {
    arrived = undefined;
    head = undefined;
    startedAt = performance.now();
    socket.write(requests[next++ % requests.length] as Buffer);
  };
  socket.once("connect", fire);
  socket.on("data", (chunk: Buffer) => {
    arrived = arrived ? Buffer.concat([arrived, chunk]) : chunk;
    head ??= headOf(arrived);
    if (!head || !isWhole(head, arrived)) return;
    if (watch.lap(startedAt, head.status >= 200 && head.status < 300)) fire();
    else socket.destroy();
  });
  socket.once("error", (error) => {
    throw error;
  });
}

const watch = startStopwatch(load, () => process.exit());
for (let connection = 0; connection < load.connections; connection++) drive(watch);
