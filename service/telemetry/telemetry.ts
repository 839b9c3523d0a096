import type { ServerOptions } from "node:http";
import type { CallWatch } from "../domain/telemetry.ts";
import { type AccessLog, accessLog } from "./access-log.ts";
import { Calls } from "./calls.ts";
import { exchangeClasses } from "./exchanges.ts";
import { infoFigure } from "./figure.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { Requests } from "./requests.ts";
import { openTraces, type Traces } from "./tracing.ts";

export interface TelemetryOptions {
  readonly traces: boolean;
  readonly version: string;
  readonly log: AccessLog;
}

/** All that is known of the service while it runs. */
export interface Telemetry {
  /** Whoever has figures of its own adds them. */
  readonly metrics: Metrics;
  readonly tracer: Traces | undefined;
  readonly database: CallWatch;
  readonly objects: CallWatch;
  /** The classes that `node:http` is to make of requests and answers, so that they are counted, logged and traced. */
  readonly server: ServerOptions;
  stop(): Promise<void>;
}

/** Spans that a collector has not taken by then are lost. */
const STOP_MS_MAX = 5_000;

export async function openTelemetry({ traces, version, log }: TelemetryOptions): Promise<Telemetry> {
  const tracer = await openTraces(traces, { version, log });
  const metrics = createMetrics();
  const requests = new Requests();
  const write = accessLog(log);
  const database = new Calls(
    { prefix: "nskv_database_statement", label: "statement", what: "Statements" },
    tracer?.call("database"),
  );
  const objects = new Calls(
    { prefix: "nskv_object_store_operation", label: "operation", what: "Operations of the object store" },
    tracer?.call("objects"),
  );
  metrics.add(infoFigure({ version }), ...requests.figures(), ...database.figures(), ...objects.figures());
  const server = exchangeClasses({
    began: () => requests.began(),
    ended(exchange) {
      const seconds = (performance.now() - exchange.startedAt) / 1_000;
      requests.ended(exchange, seconds);
      write(exchange, seconds);
      exchange.span?.end(exchange.req.method ?? "", exchange.route, exchange.statusCode);
    },
  });
  return { metrics, tracer, database, objects, server, stop: () => flushed(tracer) };
}

async function flushed(tracer: Traces | undefined): Promise<void> {
  if (!tracer) return;
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STOP_MS_MAX);
  });
  await Promise.race([tracer.stop().catch(() => undefined), patience]);
  clearTimeout(timer);
}
