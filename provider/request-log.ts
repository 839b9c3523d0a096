import { subscribe } from "node:diagnostics_channel";
import { TRIES_CHANNEL, type Tried } from "../api/transport.ts";

/** Whether Terraform was asked for the provider's log. */
export function isLogging(env: Readonly<Record<string, string | undefined>>): boolean {
  const level = env["TF_LOG_PROVIDER"] || env["TF_LOG"];
  return level !== undefined && level !== "" && level.toUpperCase() !== "OFF";
}

/**
 * Writes a line for every HTTP request of this process once it has ended, in the form that Terraform takes from stderr
 * (hclog's JSON): which request, how it ended, how long that took, and how many bytes went. Neither bodies nor headers
 * are seen here.
 */
export function logRequests(write: (line: string) => void): void {
  subscribe(TRIES_CHANNEL, (message) => {
    const { method, url, status, error, ms, bytesSent, bytesReceived } = message as Tried;
    const line = {
      "@level": "debug",
      "@message": "HTTP request",
      "@module": "namespace",
      "@timestamp": new Date().toISOString().replace("Z", "000Z"), // hclog takes microseconds, and nothing else
      method,
      url,
      ...(status !== undefined && { status }),
      ...(error !== undefined && { error }),
      ms,
      bytes_sent: bytesSent,
      bytes_received: bytesReceived,
    };
    write(`${JSON.stringify(line)}\n`);
  });
}
