import { join } from "node:path";
import { placeProvider } from "../../scripts/provider-mirror.ts";
import { median } from "../figures.ts";
import { ratio } from "./report.ts";
import { type Start, startNode, startProvider } from "./starts.ts";
import { benchEnvironment } from "./workspace.ts";

const AFTER_HANDSHAKE = {
  "handshake to schema, with the client's work": "schemaMs",
  "the provider's CPU in that time": "schemaCpuMs",
  exit: "exitMs",
} as const;

/**
 * Starts our provider, HashiCorp's and Node itself by turns, and prints what each took.
 * @param time the executable of HashiCorp's provider
 * @param folder for what the providers keep
 * @param count of starts of each
 */
export async function compareStarts(time: string, folder: string, count: number): Promise<void> {
  const env = benchEnvironment(folder);
  const ours = await placeProvider(join(folder, "started"));
  const [us, go, node]: [Start[], Start[], Pick<Start, "handshakeMs" | "handshakeCpuMs">[]] = [[], [], []];
  // The first round is not counted: it fills caches.
  for (let round = 0; round <= count; round++) {
    us.push(await startProvider(ours, 6, env));
    go.push(await startProvider(time, 5, env));
    node.push(await startNode(env));
  }
  const of = <T extends object, K extends keyof T>(all: readonly T[], name: K) =>
    all.slice(1).map((one) => Number(one[name]));
  const line = (what: string, name: "handshakeMs" | "handshakeCpuMs") =>
    `${what}\n  ours ${ms(of(us, name))}, Go ${ms(of(go, name))}, node -e 0 ${ms(of(node, name))}\n  ours ÷ node -e 0 ${ratio(of(us, name), of(node, name))}`;
  console.log(`\nstarts, ${count} of each by turns`);
  console.log(line("exec to handshake", "handshakeMs"));
  console.log(line("CPU until then", "handshakeCpuMs"));
  for (const [what, name] of Object.entries(AFTER_HANDSHAKE))
    console.log(`${what}\n  ours ${ms(of(us, name))}, Go ${ms(of(go, name))}`);
}

const ms = (all: readonly number[]) =>
  `${median(all).toFixed(1)} ms (${Math.min(...all).toFixed(1)} to ${Math.max(...all).toFixed(1)})`;
