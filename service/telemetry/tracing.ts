import type { Tracer } from "../domain/telemetry.ts";
import type { TraceCall } from "./calls.ts";

export interface TracingOptions {
  readonly version: string;
  readonly log: { warn(fields: object, message: string): void };
}

export interface Traces extends Tracer {
  /** How the calls of a store appear. */
  call(store: "database" | "objects"): TraceCall;
  /** Sends what is left. */
  stop(): Promise<void>;
}

/**
 * Traces, when they are wanted. Nothing of OpenTelemetry's SDK is loaded otherwise: with all its exporters it takes 30 MB and
 * a third of a second, and following requests costs each of their promises something.
 */
export async function openTraces(wanted: boolean, options: TracingOptions): Promise<Traces | undefined> {
  if (!wanted) return undefined;
  const { startTraces } = await import("./otel.ts");
  return startTraces(options);
}
