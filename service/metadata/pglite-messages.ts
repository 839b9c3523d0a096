/** What the worker is started for: `create` makes a new database and ends, `serve` opens one and stays. */
export interface WorkerTask {
  readonly task: "create" | "serve";
  readonly folder: string;
}

export type Ask =
  | {
      readonly kind: "query";
      readonly text: string;
      readonly parameters: readonly (string | null)[];
      readonly passing?: true | undefined;
    }
  | { readonly kind: "script"; readonly text: string }
  | { readonly kind: "syncs" }
  | { readonly kind: "close" };

export type Request = Ask & { readonly id: number };

export type Answer =
  | { readonly kind: "ready" }
  /** `rowsIn` reads it. It is handed over, not copied. */
  | { readonly kind: "done"; readonly id: number; readonly answer: Uint8Array<ArrayBuffer> }
  | { readonly kind: "counted"; readonly id: number; readonly count: number }
  /** `code` is a SQLSTATE, or undefined when it was not Postgres that failed. */
  | { readonly kind: "failed"; readonly id: number; readonly message: string; readonly code: string | undefined };
