import { subscribe } from "node:diagnostics_channel";

/** What undici, Node's fetch, tells of a request. https://undici.nodejs.org/#/docs/api/DiagnosticsChannel */
interface Told {
  readonly request: { readonly method: string; readonly origin: string; readonly path: string };
  readonly response?: { readonly statusCode: number };
  readonly error?: Error;
}

/** Whether Terraform was asked for the provider's log. */
export function isLogging(env: Readonly<Record<string, string | undefined>>): boolean {
  const level = env["TF_LOG_PROVIDER"] || env["TF_LOG"];
  return level !== undefined && level !== "" && level.toUpperCase() !== "OFF";
}

/**
 * Writes a line for every HTTP request of this process once its answer begins, in the form that Terraform takes from
 * stderr (hclog's JSON): which request, how it ended, and how long that took. Neither bodies nor headers are seen here.
 */
export function logRequests(write: (line: string) => void): void {
  const started = new WeakMap<object, number>();
  subscribe("undici:request:create", (message) => {
    started.set((message as Told).request, performance.now());
  });
  const end = (message: unknown) => {
    const { request, response, error } = message as Told;
    const line = {
      "@level": "debug",
      "@message": "HTTP request",
      "@module": "namespace",
      "@timestamp": new Date().toISOString().replace("Z", "000Z"), // hclog takes microseconds, and nothing else
      method: request.method,
      url: `${request.origin}${request.path}`,
      ...(response && { status: response.statusCode }),
      ...(error && { error: error.name }),
      ms: Math.round(performance.now() - (started.get(request) ?? Number.NaN)),
    };
    write(`${JSON.stringify(line)}\n`);
  };
  subscribe("undici:request:headers", end);
  subscribe("undici:request:error", end);
}
