import type { IncomingMessage } from "node:http";
import type { Exchange } from "../domain/telemetry.ts";

/** What is known of a request before its body. */
export type Head = Pick<IncomingMessage, "method" | "url" | "headers">;

/** The server's own object for a request, by which its body can be read without the platform's streams. */
export type Incoming = Head & Pick<IncomingMessage, "readableLength" | "read" | "resume">;

/** What the server and the first middleware give every handler. */
export interface Env {
  Bindings: { readonly incoming?: Incoming; readonly outgoing?: Exchange };
  Variables: {
    requestId: string;
    /** Set by `answer`: the request's id is in the headers already. */
    isIdentified?: true;
  };
}
