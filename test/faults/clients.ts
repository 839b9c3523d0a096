import { setTimeout as pause } from "node:timers/promises";
import { exchange, type Request } from "./exchange.ts";
import type { Timed } from "./linearizable.ts";
import type { Random } from "./random.ts";
import type { Operation, Value } from "./register.ts";

const HANGS_AFTER_MS = 30_000;
/** Until a killed one is there again. */
const REFUSED_PAUSE_MS = 20;

/** Something that clients send requests to, and may lose. */
export interface Target {
  readonly address: string;
}

export interface ClientsOptions {
  readonly path: string;
  readonly keys: readonly string[];
  readonly clients: number;
  /** How many operations all of them do together. */
  readonly operations: number;
  readonly random: Random;
  /** Through which of the targets the next request goes. */
  readonly next: () => Target;
}

/** Concurrent clients on a few keys, and all that they asked and were answered, as a history to judge. */
export async function recordHistory(options: ClientsOptions): Promise<readonly Timed[]> {
  const history: Timed[] = [];
  let left = options.operations;
  /** Values by the ETags under which anybody was told of them. */
  const values = new Map<string, string>();
  await Promise.all(
    Array.from({ length: options.clients }, async (_, client) => {
      const seen = new Map<string, string>();
      for (let n = 0; left-- > 0; n++) {
        const key = options.random.pick(options.keys);
        const plan = planned(options.random, `c${client}n${n}`, seen.get(key), values);
        const start = performance.now();
        const answer = await exchange(
          options.next().address,
          requestOf(plan, `${options.path}/kv/${key}`),
          HANGS_AFTER_MS,
        );
        if (answer.refused) {
          left++;
          await pause(REFUSED_PAUSE_MS);
          continue;
        }
        const end = performance.now();
        const operation = judged(plan, answer.status, answer.text);
        const etag = answer.status === 200 ? etagIn(answer.headers) : undefined;
        if (etag !== undefined) seen.set(key, etag);
        if (etag !== undefined && plan.value !== undefined) values.set(etag, plan.value);
        // A read that nobody answered says nothing.
        if (operation === undefined) continue;
        const isOpen = "outcome" in operation && operation.outcome === "unknown";
        history.push({ ...operation, key, start, end: isOpen ? undefined : end });
      }
    }),
  );
  return history;
}

interface Plan {
  readonly op: Operation["op"];
  readonly value: string | undefined;
  /** Of a swap: the ETag that it names, and the value that has it. */
  readonly etag: string | undefined;
  readonly from: string | undefined;
}

function planned(random: Random, value: string, etag: string | undefined, values: ReadonlyMap<string, string>): Plan {
  const roll = random.below(100);
  const from = etag === undefined ? undefined : values.get(etag);
  if (roll < 40) return { op: "read", value: undefined, etag: undefined, from: undefined };
  if (roll < 65 && from !== undefined) return { op: "swap", value, etag, from };
  if (roll < 80) return { op: "put", value, etag: undefined, from: undefined };
  if (roll < 90) return { op: "create", value, etag: undefined, from: undefined };
  return { op: "delete", value: undefined, etag: undefined, from: undefined };
}

function requestOf({ op, value, etag }: Plan, path: string): Request {
  if (op === "read") return { method: "GET", path };
  if (op === "delete") return { method: "DELETE", path };
  const condition = op === "swap" ? { "If-Match": `"${etag}"` } : op === "create" ? { "If-None-Match": "*" } : {};
  return { method: "PUT", path, body: `"${value}"`, headers: { "Content-Type": "application/json", ...condition } };
}

/** What an answer says happened. Fails when it is none that the contract knows. */
function judged(plan: Plan, status: number | undefined, text: string | undefined): Operation | undefined {
  const isLost = status === undefined || text === undefined || status === 503;
  if (plan.op === "read") {
    if (isLost) return undefined;
    if (status !== 200 && status !== 404) throw new Error(`A GET got ${status}: ${text}`);
    const answer: Value = status === 404 ? undefined : JSON.parse(text).value;
    return { op: "read", answer };
  }
  if (!isLost && status !== 200 && status !== 412) throw new Error(`A ${plan.op} got ${status}: ${text}`);
  const isDone = status === 200 && text !== "false";
  const outcome = isLost ? "unknown" : isDone ? "done" : "refused";
  const { op, value = "", from = "" } = plan;
  if (op === "delete") return { op, outcome };
  if (op === "swap") return { op, from, value, outcome };
  if (op === "create") return { op, value, outcome };
  if (outcome === "refused") throw new Error(`An unconditional PUT was refused: ${text}`);
  return { op, value, outcome };
}

const etagIn = (headers: Headers): string | undefined => headers.get("etag")?.replaceAll('"', "");
