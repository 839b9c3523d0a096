import type { Result } from "./batch.ts";
import type { Entry } from "./entry.ts";
import { Failure } from "./fault.ts";
import type { Decision } from "./import-decide.ts";
import type { Imported, ImportOptions, Incoming } from "./import-item.ts";
import type { Precondition } from "./stores.ts";
import type { Type } from "./type.ts";

/** An incoming entry, beside what is there. */
export interface Judged {
  readonly item: Incoming;
  readonly current: Entry | undefined;
  readonly type: Type;
  readonly decision: Decision;
}

/** What must still be true when the write is made: another writer may come between look-up and write. */
export function conditionOf({ item, decision }: Judged, { onConflict }: ImportOptions): Precondition {
  if (item.ifMatch !== undefined) return { kind: "etag", etag: item.ifMatch };
  return decision === "add" && onConflict !== "overwrite" ? { kind: "absent" } : { kind: "always" };
}

const OUTCOMES = { add: "added", change: "changed", same: "same", skip: "skipped", conflict: "conflict" } as const;

/** What became of an entry without a write; `ended`: the import ends before it. */
export function told({ item, current, decision }: Judged, ended: boolean): Imported {
  const { line, key } = item;
  const writes = decision === "add" || decision === "change";
  if (writes && ended) return { line, key, outcome: "left" };
  if (writes && isOver(item)) return { line, key, outcome: "expired" };
  return { line, key, outcome: OUTCOMES[decision], ...(decision === "conflict" && { current }) };
}

/** Only a dry run asks: else the database's clock decides. */
const isOver = ({ said: { lifetime } }: Incoming): boolean =>
  lifetime.kind === "until" && Date.parse(lifetime.at) <= Date.now();

/** What became of an entry that was to be written. Fails with what is not the entry's fault. */
export function outcomeOf({ item, decision }: Judged, result: Result, { onConflict }: ImportOptions): Imported {
  if (result.kind !== "failed") return { line: item.line, key: item.key, outcome: OUTCOMES[decision] };
  const { line, key } = item;
  const fault = result.error instanceof Failure ? result.error.fault : undefined;
  if (fault?.kind === "invalid" && fault.field === "expiresAt") return { line, key, outcome: "expired" };
  if (fault?.kind === "stale" || fault?.kind === "exists")
    return onConflict === "skip" && item.ifMatch === undefined
      ? { line, key, outcome: "skipped" }
      : { line, key, outcome: "conflict", current: fault.current };
  return failed(item, result.error);
}

/** An entry that cannot be imported. What is not its own fault ends the import. */
export function failed({ line, key }: Incoming, error: unknown): Imported {
  if (!(error instanceof Failure) || error.fault.kind === "unavailable" || error.fault.kind === "upload_incomplete")
    throw error;
  return { line, key, outcome: "failed", failure: error };
}
