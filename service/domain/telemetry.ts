/**
 * What the rooms tell of their work, in plain words: service/telemetry makes metrics, traces and the access log of it, and
 * no room knows a library for them. Nothing here ever carries a value, a key or a namespace.
 */

/** Watches calls that leave a room. `name` is one of few, as a metric has a series for each. */
export interface CallWatch {
  /** Runs `work` and answers as it does. */
  call<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** For what work is done; only who made it looks inside. */
export type Cause = unknown;

/** Keeps requests traceable where the work of many is done at once. */
export interface Causes {
  /** For what the work is done that runs here. */
  current(): Cause;
  /** Runs `work` as done for all of these. */
  within<T>(causes: readonly Cause[], work: () => Promise<T>): Promise<T>;
}

/** One request in a trace, from its arrival to its last byte. */
export interface RequestSpan {
  run(work: () => Promise<void>): Promise<void>;
  end(method: string, route: string | undefined, status: number): void;
}

/** There is one only when the operator asked for traces. */
export interface Tracer extends Causes {
  /** `header` reads the request's headers: a caller may have begun the trace. */
  begin(header: (name: string) => string | undefined, requestId: string): RequestSpan;
}

/** What becomes known of a request while it is under way. The server makes it, the routes fill it in. */
export interface Exchange {
  requestId: string | undefined;
  /** The pattern of the route, such as `/healthz`; undefined while or when none matched. */
  route: string | undefined;
  /** Why it was refused, or broken off by us on its way: the kind of a fault, never its words. */
  fault: string | undefined;
  /** Who called, once that is known. */
  by: string | undefined;
  /** True where the route waits on purpose, as a watch does: it is then never called slow. */
  waits: boolean;
  span: RequestSpan | undefined;
}

/** What has been asked of a queue that gathers requests, and what waits in it now. */
export interface QueueStats {
  readonly waiting: number;
  /** Batches that are under way. */
  readonly running: number;
  readonly batches: number;
  readonly requests: number;
}

/** How much there is in a store. Above some ten thousand rows these are estimates. */
export interface StoreSizes {
  /** Keys that can be read; keys past their end that nobody removed yet; deleted keys with their history. */
  readonly live: number;
  readonly expired: number;
  readonly deleted: number;
  readonly revisions: number;
  /** Objects that a revision names, and those that wait for their deletion. */
  readonly objects: number;
  readonly deadObjects: number;
  /** Of the current values of live keys. */
  readonly valueBytes: number;
  /** Of all kept revisions; bytes that two revisions share count twice. */
  readonly revisionBytes: number;
}
