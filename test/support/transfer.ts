import { execFileSync } from "node:child_process";
import { type Answer, freshNamespace, type Kv, kvAt } from "./kv.ts";

/** What an import answers, as a test finds it. */
export interface ImportAnswer {
  readonly dryRun: boolean;
  readonly done: boolean;
  readonly added: number;
  readonly changed: number;
  readonly same: number;
  readonly failed: number;
  readonly conflicts: number;
  readonly entries: readonly Readonly<Record<string, unknown>>[];
  readonly refused: readonly Readonly<Record<string, unknown>>[];
  /** In a problem. */
  readonly type?: string;
  readonly field?: string;
  readonly import?: ImportAnswer;
}

export interface Transfer {
  readonly namespace: string;
  readonly at: Kv;
  export(query?: string, headers?: Record<string, string>): Promise<Answer>;
  import(body: NonNullable<RequestInit["body"]>, query?: string, headers?: Record<string, string>): Promise<Answer>;
}

/** Import and export of one namespace, a fresh one where none is named. */
export function transferAt(address: string, namespace = freshNamespace()): Transfer {
  const at = kvAt(address, namespace);
  const base = `/namespaces/${namespace}/kv`;
  return {
    namespace,
    at,
    export: (query = "", headers = {}) => at.send("GET", `${base}:export${query}`, { headers }),
    import: (body, query = "?format=ndjson", headers = {}) =>
      at.send("POST", `${base}:import${query}`, { body, headers, duplex: "half" } as RequestInit),
  };
}

/** The most memory that a process held while `work` went on, in bytes, beyond what it had before. */
export async function growthDuring(pid: number, work: () => Promise<void>): Promise<number> {
  const resident = () => Number(execFileSync("ps", ["-o", "rss=", "-p", `${pid}`]).toString()) * 1_024;
  const before = resident();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, resident());
  }, 100);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(most, resident()) - before;
}
