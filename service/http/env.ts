/** What the first middleware gives every handler. */
export interface Env {
  Variables: {
    requestId: string;
    /** Set by `answer`: the request's id is in the headers already. */
    isIdentified?: true;
  };
}
