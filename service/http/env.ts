import type { Exchange } from "../domain/telemetry.ts";

/** What the server and the first middleware give every handler. */
export interface Env {
  Bindings: { readonly outgoing?: Exchange };
  Variables: { requestId: string };
}
