import type { Instant } from "./entry.ts";

/** What can be wrong with a store, what it means, and what to do. `repair`: by `--fix`, by naming a way for lost values, or not at all. */
export const FINDINGS = {
  object_lost: {
    means: "Values that entries or their history name are not in the object store, or end too early.",
    repair: "lost",
    next: 'Bring the object back from a backup or a version of the bucket; else "nskv doctor --fix=restore-previous" makes the newest revision current whose bytes are there, and "--fix=drop-lost" deletes the keys.',
  },
  value_damaged: {
    means: "The bytes of a value are not those that were written.",
    repair: "none",
    next: "Write the value again, or restore an older revision of the key.",
  },
  value_unreadable: {
    means: "The bytes of a value could not be read.",
    repair: "none",
    next: "Look into the log of the object store.",
  },
  live_bytes_wrong: {
    means: "The count of an object's live bytes is not what revisions name: it would be deleted too early, or never.",
    repair: "fix",
    next: "",
  },
  row_missing: { means: "Objects that revisions name have no row that counts them.", repair: "fix", next: "" },
  row_without_object: { means: "Rows of objects that are gone and that nothing names.", repair: "fix", next: "" },
  orphan: { means: "Objects that nothing names, left by uploads that broke off.", repair: "fix", next: "" },
  object_elsewhere: {
    means: "Objects that revisions of another namespace name.",
    repair: "none",
    next: "Report this: no version of nskv does that.",
  },
  entry_differs: {
    means: "Entries that do not fit their history.",
    repair: "none",
    next: "Write the keys again, or restore a backup.",
  },
  change_log_differs: {
    means: "The change log's last word on a key is not what the key is.",
    repair: "none",
    next: "Write the keys again: then those who watch them learn of it.",
  },
  change_log_ahead: {
    means: "The change log has numbers that its sequence has yet to give out: writes would fail.",
    repair: "fix",
    next: "",
  },
  lease_too_long: {
    means: "A lease lasts longer than any piece of work: nobody does that work until then.",
    repair: "fix",
    next: "",
  },
  digest_key_missing: {
    means: "The object store does not have the keys of the values' digests: perhaps it is not this database's store.",
    repair: "none",
    next: "Check NSKV_S3_BUCKET or --data. Values can be read all the same; their digests say nothing.",
  },
} as const satisfies Record<string, FindingMeaning>;

interface FindingMeaning {
  readonly means: string;
  readonly repair: "fix" | "lost" | "none";
  readonly next: string;
}

export type FindingKind = keyof typeof FINDINGS;

/** One thing that is wrong. Never a value. */
export interface Finding {
  readonly kind: FindingKind;
  readonly object?: string;
  readonly tenant?: string;
  readonly namespace?: string;
  readonly key?: string;
  readonly revision?: number;
  /** Whether it is the key's current revision and not only its history. */
  readonly isCurrent?: boolean;
  readonly by?: string;
  readonly at?: Instant;
  readonly detail?: string;
  readonly repaired: boolean;
}

export interface FindingGroup {
  readonly kind: FindingKind;
  readonly count: number;
  readonly repaired: number;
  /** The first of them. */
  readonly listed: readonly Finding[];
}

/** What a check has looked at. */
export interface Checked {
  entries: number;
  revisions: number;
  /** In the object store, and their bytes. */
  objects: number;
  bytes: number;
  /** Bytes of values that were read; 0 unless that was asked for. */
  bytesRead: number;
  changes: number;
}

/** What is worth knowing and nothing wrong. */
export interface Notes {
  /** Objects without a row that may be uploads under way. */
  youngObjects: number;
  /** Objects whose names are not ours; they are left alone. */
  strangers: number;
  strangersListed: readonly string[];
  /** Values whose digest was made under a key that is not in the store. */
  digestsUnknown: number;
}

export interface Report {
  readonly checked: Readonly<Checked>;
  readonly findings: readonly FindingGroup[];
  readonly notes: Readonly<Notes>;
}
