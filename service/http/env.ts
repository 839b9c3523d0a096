import type { Exchange } from "../domain/telemetry.ts";

/** What the server and the first middleware give every handler. */
export interface Env {
  Bindings: { readonly outgoing?: Exchange };
  Variables: {
    requestId: string;
    /** Set by `answer`: the request's id is in the headers already. */
    isIdentified?: true;
  };
}
