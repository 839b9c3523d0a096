import { IMPORT_DETAILS_MAX } from "../../api/limits.ts";
import type { ImportedView, ImportProgressView, ImportView } from "../../api/schema/transfer.ts";
import type { Failure } from "../domain/fault.ts";
import type { Imported } from "../domain/import-item.ts";
import { currentView, problemOf } from "./problems.ts";

const COUNTERS = {
  added: "added",
  changed: "changed",
  same: "same",
  skipped: "skipped",
  expired: "expired",
  conflict: "conflicts",
  left: "left",
  failed: "failed",
  history: "history",
} as const satisfies Record<Imported["outcome"], keyof ImportView>;

/** What an import tells: counts of all, and of the first ones what became of each. */
export class ImportReport {
  readonly #dryRun: boolean;
  readonly #requestId: string;
  readonly #counts = {
    added: 0,
    changed: 0,
    same: 0,
    skipped: 0,
    expired: 0,
    conflicts: 0,
    left: 0,
    failed: 0,
    history: 0,
  };
  readonly #entries: ImportedView[] = [];
  readonly #refused: ImportedView[] = [];

  constructor(dryRun: boolean, requestId: string) {
    this.#dryRun = dryRun;
    this.#requestId = requestId;
  }

  get counts(): Readonly<Record<(typeof COUNTERS)[Imported["outcome"]], number>> {
    return this.#counts;
  }

  /** Counts it and answers what is worth telling of it. */
  add(imported: Imported): ImportedView | undefined {
    const { outcome } = imported;
    this.#counts[COUNTERS[outcome]]++;
    if (outcome === "same" || outcome === "history") return undefined;
    const view = importedView({ ...imported, outcome }, this.#requestId);
    const list = outcome === "conflict" || outcome === "failed" ? this.#refused : this.#entries;
    if (list.length < IMPORT_DETAILS_MAX) list.push(view);
    return view;
  }

  view(done: boolean): ImportView {
    return { dryRun: this.#dryRun, done, ...this.#counts, entries: this.#entries, refused: this.#refused };
  }

  progress(done: boolean): ImportProgressView {
    return { dryRun: this.#dryRun, done, ...this.#counts };
  }
}

type Told = Imported & { readonly outcome: ImportedView["outcome"] };

function importedView({ line, key, outcome, current, failure }: Told, requestId: string): ImportedView {
  return {
    line,
    ...(key !== undefined && { key }),
    outcome,
    ...(current && { current: currentView(current) }),
    ...(failure && problemParts(failure, requestId)),
  };
}

function problemParts({ fault }: Failure, requestId: string): Partial<ImportedView> {
  if (fault.kind === "expired") throw new Error("An import reads no expired entry.");
  const { type, field, detail, remedy } = problemOf(fault, requestId);
  return { type, ...(field !== undefined && { field }), detail, remedy };
}
