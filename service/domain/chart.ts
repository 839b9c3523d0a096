import type { Place } from "./entry.ts";
import { type Checked, FINDINGS, type Finding, type FindingKind, type Report } from "./findings.ts";

/** Findings of one kind, and strangers, that are listed; the rest is counted. */
export const LISTED_MAX = 100;

/** Collects what a check finds, in memory that does not grow with the damage. */
export class Chart {
  readonly checked: Checked = { entries: 0, revisions: 0, objects: 0, bytes: 0, bytesRead: 0, changes: 0 };
  youngObjects = 0;
  digestsUnknown = 0;
  readonly #groups = new Map<FindingKind, { count: number; repaired: number; listed: Finding[] }>();
  readonly #strangers: string[] = [];
  #strangerCount = 0;

  add(finding: Finding): void {
    const group = this.#groups.get(finding.kind) ?? { count: 0, repaired: 0, listed: [] };
    group.count += 1;
    if (finding.repaired) group.repaired += 1;
    if (group.listed.length < LISTED_MAX) group.listed.push(finding);
    this.#groups.set(finding.kind, group);
  }

  stranger(name: string): void {
    if (++this.#strangerCount <= LISTED_MAX) this.#strangers.push(name);
  }

  report(): Report {
    const kinds = Object.keys(FINDINGS) as FindingKind[];
    return {
      checked: this.checked,
      findings: kinds.flatMap((kind) => {
        const group = this.#groups.get(kind);
        return group ? [{ kind, ...group }] : [];
      }),
      notes: {
        youngObjects: this.youngObjects,
        strangers: this.#strangerCount,
        strangersListed: this.#strangers,
        digestsUnknown: this.digestsUnknown,
      },
    };
  }
}

export const placed = ({ tenant, namespace, key }: Place) => ({ tenant, namespace, key });
