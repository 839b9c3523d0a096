/** What the first middleware gives every handler. */
export interface Env {
  Variables: { requestId: string };
}
