import { type SQL, sql } from "drizzle-orm";
import { inOrderOfKeys, samePlace } from "./by-place.ts";
import { INPUT, PLACES } from "./commit-input.ts";
import { statement } from "./statement.ts";
import { entries } from "./tables/entries.ts";
import { revisions } from "./tables/revisions.ts";

/*
 * What a commit stands on: that its rows are locked, where others write at the same time; that nobody does, where the database
 * is alone.
 */

/** What comes before the verdicts, and which of the writes that may be made are. */
export interface Footing {
  /** The steps up to `timed`: the writes as rows, each with its time and whether what it restores is there. */
  readonly timed: SQL;
  /** The first branch of `judged`. */
  readonly overtaken: SQL;
  /** Those rows of `judged` that were written, or will be; `may` as in the statement. */
  written(may: SQL): SQL;
}

/** The newest version of each row, whatever the snapshot says. Every change of a key goes through this lock. */
const LOCKED = sql`SELECT i.ord, e.etag FROM (${inOrderOfKeys("input")}) i,
  LATERAL (SELECT e.etag FROM ${entries} e WHERE ${samePlace("e", "i")} FOR UPDATE) e`;

/**
 * The revisions to restore, behind the key's lock and locked themselves: the row as it is now, whatever the snapshot
 * shows. A revision keeps its object alive, so one that is here names no dead bytes.
 */
const HELD = sql`SELECT i.ord FROM locked l JOIN input i ON i.ord = l.ord AND i.restores_revision IS NOT NULL,
  LATERAL (SELECT 1 FROM ${revisions} r WHERE ${samePlace("r", "i")}
    AND r.revision = i.restores_revision AND r.etag = i.restores_etag FOR SHARE) r`;

/** One time for each write, taken when its row is locked; a step of its own, or each use would read the clock anew. */
const TIMED = sql`SELECT i.*, l.etag AS locked_etag, clock_timestamp() AS at,
    i.restores_revision IS NULL OR h.ord IS NOT NULL AS is_held
  FROM input i LEFT JOIN locked l ON l.ord = i.ord LEFT JOIN held h ON h.ord = i.ord`;

/** The lock may have waited for a writer that the snapshot does not show. */
const OVERTAKEN = sql.raw("WHEN i.locked_etag IS DISTINCT FROM e.etag THEN 'raced'");

/** Every write has an ETag that no other has: shorter to compare than its place. */
const WRITTEN = sql`SELECT j.* FROM judged j
  JOIN (SELECT etag FROM updated UNION ALL SELECT etag FROM inserted) w ON w.etag = j.etag`;

/** Where others write at the same time. */
export const AMONG_OTHERS: Footing = {
  timed: sql`input AS MATERIALIZED (${INPUT}),
locked AS MATERIALIZED (${LOCKED}),
held AS MATERIALIZED (${HELD}),
timed AS MATERIALIZED (${TIMED})`,
  overtaken: OVERTAKEN,
  written: () => sql`MATERIALIZED (${WRITTEN})`,
};

/** Where nobody else does, nothing is to be locked: what the snapshot shows is so, and what may be written is. */
export const ALONE: Footing = {
  timed: sql`timed AS MATERIALIZED (SELECT i.*, clock_timestamp() AS at,
    i.restores_revision IS NULL OR i.restores_etag IS NOT DISTINCT FROM (SELECT r.etag FROM ${revisions} r
      WHERE ${samePlace("r", "i")} AND r.revision = i.restores_revision LIMIT 1) AS is_held
  FROM (${INPUT}) i)`,
  overtaken: sql.raw(""),
  written: (may) => sql`NOT MATERIALIZED (SELECT * FROM judged j WHERE j.verdict = 'write' AND ${may})`,
};

/** Takes the locks and nothing else, so that the statement after it has a snapshot no writer can outrun. */
export const LOCK = statement(
  "lock",
  sql`WITH input AS (${PLACES})
  SELECT 1 FROM (${inOrderOfKeys("input")}) i,
  LATERAL (SELECT 1 FROM ${entries} e WHERE ${samePlace("e", "i")} FOR UPDATE) e`,
);
