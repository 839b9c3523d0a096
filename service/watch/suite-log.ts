import type { Change, ChangeScope } from "../domain/change.ts";
import { isInScope } from "../domain/change.ts";
import type { ChangeLog } from "../domain/change-store.ts";
import { Failure } from "../domain/fault.ts";
import type { Key } from "../domain/key.ts";
import type { NamespaceName, Tenant } from "../domain/namespace.ts";

/** A log in memory, whose readers wait as long as those of a database do: sometimes a moment, sometimes longer. */
export interface MemoryLog extends ChangeLog {
  append(key: string, namespace?: string): Change;
  trim(upto: number): void;
  /** From now on every call fails, or none. */
  fail(broken: boolean): void;
  /** Calls so far of `settled`, and of `changes`. */
  readonly calls: { settled: number; changes: number };
  hearers(): number;
}

export const TENANT = "main" as Tenant;

export const scopeOf = (changes: Partial<ChangeScope> = {}): ChangeScope => ({
  tenant: TENANT,
  namespace: undefined,
  children: false,
  prefix: "",
  ...changes,
});

/** What a database that is busy does: other work comes in between. */
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, Math.random() * 3));

const changeOf = (id: number, key: string, namespace: string): Change => ({
  id,
  tenant: TENANT,
  namespace: namespace as NamespaceName,
  key: key as Key,
  kind: "put",
  revision: 1,
  etag: "",
  at: "",
  by: "tester",
  door: "http",
});

export function createMemoryLog(): MemoryLog {
  const all: Change[] = [];
  const wakes = new Set<() => void>();
  const calls = { settled: 0, changes: 0 };
  let trimmed = 0;
  let isBroken = false;
  const last = () => all.at(-1)?.id ?? 0;
  const answer = async () => {
    await pause();
    if (isBroken) throw new Failure({ kind: "unavailable", reason: "broken on purpose" });
  };
  return {
    calls,
    append(key, namespace = "n") {
      const change = changeOf(last() + 1 + Math.floor(Math.random() * 2), key, namespace);
      all.push(change);
      for (const wake of wakes) wake();
      return change;
    },
    trim: (upto) => {
      trimmed = upto;
    },
    fail: (broken) => {
      isBroken = broken;
    },
    hearers: () => wakes.size,
    async settled() {
      calls.settled++;
      const settled = last();
      await answer();
      return settled;
    },
    async changes({ scope, after, through, limit }) {
      calls.changes++;
      await answer();
      if (after < trimmed) throw new Failure({ kind: "changes_gone", after, why: "trimmed" });
      const page = all.filter(({ id }) => id > after && id <= through).slice(0, limit);
      const more = page.length === limit;
      return { changes: page.filter((change) => isInScope(scope, change)), upto: page.at(-1)?.id ?? after, more };
    },
    async end() {
      await answer();
      return last();
    },
    start: async () => trimmed,
    lag: async () => ({ ids: 0, seconds: 0 }),
    hear(wake) {
      wakes.add(wake);
      return () => void wakes.delete(wake);
    },
  };
}
