import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { answer, forward } from "./relay.ts";

/** Stands between Terraform and the service, and holds writes at the moment that a test needs. */
export interface Gate {
  readonly address: string;
  /**
   * Lets `passing` more writes through and holds the later ones: the first, third … after the service has done it, the
   * second, fourth … before it hears of it. Resolves when `held` of them are held.
   */
  hold(passing: number, held: number): Promise<void>;
  /** Requests that are held and whose sender still waits, as far as has been heard. */
  waiting(): number;
  /** Lets everything go, but for requests whose sender is gone. */
  open(): void;
  close(): Promise<void>;
}

export async function startGate(target: string): Promise<Gate> {
  let passing = Number.POSITIVE_INFINITY;
  let stopped = 0;
  let held = 0;
  let onHeld = (_: number): void => undefined;
  let release = (): void => undefined;
  let released = Promise.resolve();
  const holding = new Set<ServerResponse>();

  async function relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const sent = () => forward(target, request, body);
    if (request.method === "GET" || --passing >= 0) return answer(response, await sent());
    const done = ++stopped % 2 === 1 ? await sent() : undefined;
    holding.add(response);
    onHeld(++held);
    await released;
    holding.delete(response);
    if (!response.destroyed) await answer(response, done ?? (await sent()));
  }

  const server = createServer((request, response) => {
    relay(request, response).catch(() => response.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold(letThrough, wanted) {
      passing = letThrough;
      stopped = 0;
      held = 0;
      released = new Promise((resolve) => {
        release = resolve;
      });
      return new Promise((resolve) => {
        onHeld = (here) => {
          if (here === wanted) resolve();
        };
      });
    },
    waiting: () => [...holding].filter(({ destroyed }) => !destroyed).length,
    open() {
      passing = Number.POSITIVE_INFINITY;
      release();
    },
    async close() {
      release();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
