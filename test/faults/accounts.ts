import { sql } from "drizzle-orm";
import { SWEEP_RULES, sweep } from "../../service/domain/sweep.ts";
import { statement } from "../../service/metadata/statement.ts";
import type { StoragePair } from "../support/service.ts";
import { openStores } from "../support/stores.ts";

/** Of each object that rows name, its live bytes as counted, and as its revisions add up. */
const NAMED = statement(
  "named objects",
  sql`SELECT coalesce(o.name, r.object), o.live_bytes, r.bytes FROM objects o
    FULL JOIN (SELECT tenant, object, sum(object_length) AS bytes FROM revisions WHERE object IS NOT NULL
      GROUP BY tenant, object) r ON r.tenant = o.tenant AND r.object = o.name`,
);

export interface Accounts {
  /** Objects that some row names and the store does not have. */
  readonly missing: readonly string[];
  /** Objects that the store has and no row names, before the sweep and after it. */
  readonly orphansBefore: number;
  readonly orphans: readonly string[];
  /** Objects whose count of live bytes is not what their revisions make. */
  readonly miscounted: readonly string[];
}

/**
 * Holds the store of objects against the rows that name them, lets the sweep do its work without its periods of grace,
 * and does so again. No service may run on the pair meanwhile.
 */
export async function accountsOf(pair: StoragePair): Promise<Accounts> {
  const { stores, database, close } = await openStores(pair);
  try {
    const before = await look();
    const never = new AbortController().signal;
    // A service that was killed while it swept holds both leases; what they guard is at rest now.
    await database.query(FREE, {});
    await sweep(stores, { ...SWEEP_RULES, deadMs: 0, orphanMs: 0, slowMs: 0 }, never);
    const after = await look();
    return { ...after, missing: [...before.missing, ...after.missing], orphansBefore: before.orphans.length };
  } finally {
    await close();
  }

  async function look() {
    const stored = new Set<string>();
    for await (const name of stores.objects.list("")) if (!name.startsWith("_")) stored.add(name);
    const rows = await database.query(NAMED, {});
    const named = new Map(rows.map(([name, counted, bytes]) => [`${name}`, { counted, bytes: bytes ?? "0" }]));
    return {
      missing: [...named].filter(([name, { bytes }]) => bytes !== "0" && !stored.has(name)).map(([name]) => name),
      orphans: [...stored].filter((name) => !named.has(name)),
      miscounted: [...named].filter(([, { counted, bytes }]) => counted !== bytes).map(([name]) => name),
    };
  }
}

const FREE = statement("free leases", sql`DELETE FROM leases RETURNING 1`);
