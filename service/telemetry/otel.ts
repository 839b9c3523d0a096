import {
  type Context,
  context,
  createContextKey,
  DiagLogLevel,
  diag,
  type Link,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { NodeSDK, resources } from "@opentelemetry/sdk-node";
import type { Cause, RequestSpan } from "../domain/telemetry.ts";
import type { Traces, TracingOptions } from "./tracing.ts";

/** The requests besides its parent that a statement is run for. */
const LINKS = createContextKey("the other requests of a batch");

/** What a store is called in a trace, by the semantic conventions where they have a word. */
const STORES = {
  database: { prefix: "", attributes: { "db.system.name": "postgresql" }, nameKey: "db.query.summary" },
  objects: { prefix: "object ", attributes: {}, nameKey: "nskv.object.operation" },
} as const;

/** Starts the SDK, which reads the `OTEL_*` variables by itself, for traces only: metrics are scraped, logs go to stderr. */
export function startTraces({ version, log }: TracingOptions): Traces {
  const sdk = new NodeSDK({
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over these.
    resource: resources
      .defaultResource()
      .merge(resources.resourceFromAttributes({ "service.name": "namespace-kv", "service.version": version })),
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  // A collector that is away must be seen in the log, and must not be asked for a line each time.
  const say = (message: string) => log.warn({ tracing: message }, "traces are in trouble");
  if (process.env["OTEL_LOG_LEVEL"] === undefined)
    diag.setLogger(
      { error: say, warn: say, info: () => undefined, debug: () => undefined, verbose: () => undefined },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
  const tracer = trace.getTracer("namespace-kv", version);
  return {
    current: () => context.active(),
    within: (causes, work) => context.with(joined(causes), work),
    begin: (header, requestId) => {
      const parent = propagation.extract(context.active(), header, { keys: () => [], get: (from, name) => from(name) });
      const attributes = { "nskv.request_id": requestId };
      return requestSpan(tracer.startSpan("request", { kind: SpanKind.SERVER, attributes }, parent), parent);
    },
    call: (store) => (name, work) => {
      // What the service does for nobody, such as sweeping, is in no trace.
      if (!trace.getActiveSpan()) return work();
      const { prefix, attributes, nameKey } = STORES[store];
      const links = (context.active().getValue(LINKS) ?? []) as Link[];
      const span = { kind: SpanKind.CLIENT, links, attributes: { ...attributes, [nameKey]: name } };
      return tracer.startActiveSpan(`${prefix}${name}`, span, (started) => ended(started, work));
    },
    stop: () => sdk.shutdown(),
  };
}

function requestSpan(span: Span, parent: Context): RequestSpan {
  return {
    run: (work) => context.with(trace.setSpan(parent, span), work),
    end(method, route, status) {
      span.updateName(route ? `${method} ${route}` : method);
      span.setAttributes({ "http.request.method": method, "http.response.status_code": status });
      if (route) span.setAttribute("http.route", route);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** The first request is the parent of what is done for all of them, as a span has only one; the others are linked. */
function joined(causes: readonly Cause[]): Context {
  const [first, ...others] = causes as readonly Context[];
  const links = others.flatMap((other) => {
    const spanContext = trace.getSpanContext(other);
    return spanContext ? [{ context: spanContext }] : [];
  });
  return (first ?? context.active()).setValue(LINKS, links);
}

/** Whether it failed, and no word of why: a message may say more than a trace should. */
async function ended<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute("error.type", error instanceof Error ? error.name : "aborted");
    throw error;
  } finally {
    span.end();
  }
}
