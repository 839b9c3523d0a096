import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import { Failure } from "../domain/fault.ts";
import type { Exchange } from "../domain/telemetry.ts";
import type { AnswerInit } from "./answer.ts";

/** What a flow is sent between. */
export interface Frame {
  readonly start: string;
  readonly end: string;
}

const NO_FRAME: Frame = { start: "", end: "" };

/**
 * An answer whose bytes are sent as they come, by Node's own stream and at the caller's pace: the platform's wraps each
 * chunk in promises of its own (decision 0031). Its headers must say its length, so that one that breaks off is seen to
 * be short by whoever reads it; the connection ends with it. The source hears of a caller who leaves by its signal.
 */
export function flowingAnswer(
  c: Context,
  bytes: AsyncIterable<Uint8Array>,
  { status = 200, headers }: Omit<AnswerInit, "headers"> & { readonly headers: LengthKnown },
  { start, end }: Frame = NO_FRAME,
): Response {
  const { outgoing } = c.env as { readonly outgoing: ServerResponse & Pick<Exchange, "fault"> };
  c.set("isIdentified", true);
  outgoing.writeHead(status, { ...headers, "X-Request-Id": c.get("requestId") });
  if (start !== "") outgoing.write(Buffer.from(start));
  send(bytes, outgoing).then(
    () => outgoing.end(end),
    (error: unknown) => {
      // Status and headers are gone; only the log can tell that it was not the caller who broke off.
      if (!outgoing.destroyed) outgoing.fault = error instanceof Failure ? error.fault.kind : (error as Error).name;
      outgoing.destroy();
    },
  );
  return RESPONSE_ALREADY_SENT;
}

/** A chunk may be lent (`Objects`): the next one is asked for when the system has the bytes of the last. */
async function send(bytes: AsyncIterable<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  for await (const chunk of bytes) await written(outgoing, chunk);
}

function written(outgoing: ServerResponse, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(new Error("The caller left."));
    outgoing.once("close", onClose);
    outgoing.write(chunk, (error) => {
      outgoing.off("close", onClose);
      if (error) reject(error);
      else resolve();
    });
  });
}

export type LengthKnown = Readonly<Record<string, string>> & { readonly "Content-Length": string };
