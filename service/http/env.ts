import type { IncomingMessage } from "node:http";
import type { Exchange } from "../domain/telemetry.ts";

/** What is known of a request before its body. */
export type Incoming = Pick<IncomingMessage, "method" | "url" | "headers">;

/** What the server and the first middleware give every handler. */
export interface Env {
  Bindings: { readonly incoming?: Incoming; readonly outgoing?: Exchange };
  Variables: {
    requestId: string;
    /** Set by `answer`: the request's id is in the headers already. */
    isIdentified?: true;
  };
}
