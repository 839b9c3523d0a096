import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import type { Client } from "@grpc/grpc-js";
import { clientOf, parseHandshake, startPlugin } from "../../test/support/go-plugin-client.ts";

/** One start of a provider as Terraform has it: handshake, schema, end. */
export interface Start {
  /** From exec to the handshake line. */
  readonly handshakeMs: number;
  /** What its process had used of the processor by then. */
  readonly handshakeCpuMs: number;
  /** From the line until the schema is there. The client's work is in it too: keys, TLS, gRPC. */
  readonly schemaMs: number;
  /** What the provider itself used of the processor for it: whatever gRPC still had to load, TLS, the schema. */
  readonly schemaCpuMs: number;
  /** From asking it to end until it has. */
  readonly exitMs: number;
}

/** Of protocol 5, or of 6. */
const SCHEMA = { 5: "/tfplugin5.Provider/GetSchema", 6: "/tfplugin6.Provider/GetProviderSchema" } as const;

export async function startProvider(
  executable: string,
  protocol: keyof typeof SCHEMA,
  env: Readonly<Record<string, string>>,
): Promise<Start> {
  const begun = performance.now();
  const plugin = startPlugin(executable, { ...env, NODE_EXTRA_CA_CERTS: undefined });
  const line = await plugin.line();
  const handshakeMs = performance.now() - begun;
  const handshakeCpuMs = cpuMsOf(plugin.process.pid ?? 0);
  const shaken = performance.now();
  const client = clientOf(parseHandshake(line), plugin.identity);
  await call(client, SCHEMA[protocol]);
  const schemaMs = performance.now() - shaken;
  const schemaCpuMs = cpuMsOf(plugin.process.pid ?? 0) - handshakeCpuMs;
  const asked = performance.now();
  // The answer may be lost, as the process ends right behind it.
  await call(client, "/plugin.GRPCController/Shutdown").catch(() => undefined);
  await plugin.exited;
  const exitMs = performance.now() - asked;
  client.close();
  return { handshakeMs, handshakeCpuMs, schemaMs, schemaCpuMs, exitMs };
}

/** `node -e 0`: from exec to exit, and what it used of the processor, by a second run under bash's own clock. */
export async function startNode(
  env: Readonly<Record<string, string>>,
): Promise<Pick<Start, "handshakeMs" | "handshakeCpuMs">> {
  const begun = performance.now();
  await once(spawn(process.execPath, ["-e", "0"], { env, stdio: "ignore" }), "exit");
  const handshakeMs = performance.now() - begun;
  const clock = spawnSync("bash", ["-c", 'TIMEFORMAT="%U %S"; time "$0" -e 0', process.execPath], { env });
  const seconds = `${clock.stderr}`.trim().split(" ").map(Number);
  return { handshakeMs, handshakeCpuMs: 1_000 * seconds.reduce((sum, one) => sum + one, 0) };
}

/** A call whose request is empty and whose answer nobody looks at. */
function call(client: Client, path: string): Promise<Buffer> {
  const asItIs = (bytes: Buffer) => bytes;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, asItIs, asItIs, Buffer.alloc(0), (error, answer) =>
      error || !answer ? reject(error) : resolve(answer),
    );
  });
}

/** Of all threads, to the nanosecond (https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat). */
function cpuMsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}/schedstat`);
  return threads.reduce((sum, file) => sum + Number(readFileSync(file, "utf8").split(" ")[0]) / 1e6, 0);
}
