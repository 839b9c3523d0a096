import { setTimeout as sleep } from "node:timers/promises";
import type { Change } from "../domain/change.ts";
import type { ChangeLog, ChangesPage, ChangesQuery } from "../domain/change-store.ts";
import type { Door } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import type { Key } from "../domain/key.ts";
import type { NamespaceName, Tenant } from "../domain/namespace.ts";
import { ask } from "./ask.ts";
import type { Bell } from "./bell.ts";
import { ENDS, LOOK, PAGE } from "./changes-statements.ts";
import type { Database, Row } from "./database.ts";
import { advance, type Horizon, NOTHING_SEEN } from "./horizon.ts";
import { inTurn } from "./in-turn.ts";
import { instantFromDatabase } from "./instant.ts";
import { nextTogether } from "./next-together.ts";

/** Rows that one page looks at for a scope that few of them may be in. */
const LOOKED_AT_MAX = 5_000;
/** Looks until writers that were at work have ended; with pauses of 0, 2, 4 … ms that is longer than a commit takes. */
const LOOKS_MAX = 6;
/** Above every id: no mark is asked for. */
const NO_ID = "9223372036854775807";

export function createChangeLog(database: Database, hear: Bell["hear"]): ChangeLog {
  let horizon: Horizon = NOTHING_SEEN;
  // One at a time: readers must not take the connections of those who serve requests.
  const turn = inTurn(1);

  async function look(): Promise<Horizon> {
    const above = horizon.waiting ? NO_ID : `${horizon.settled}`;
    const [row] = await ask(database, LOOK, { above });
    const [last, mark, xmin] = row ?? [];
    const seen = { last: Number(last), mark: mark ? BigInt(mark) : undefined, xmin: BigInt(xmin ?? 0) };
    horizon = advance(horizon, seen, performance.now());
    return horizon;
  }

  // Who asks while a look is under way waits for the next: that one sees what was committed until now.
  const settle = nextTogether(async () => {
    const { last: goal } = await look();
    for (let looks = 1; horizon.settled < goal && looks < LOOKS_MAX; looks++) {
      if (looks > 1) await sleep(2 ** (looks - 1));
      // A mark that was set earlier covers less than the goal; once it is reached, the look behind it sets another.
      await look();
    }
    return horizon.settled;
  });

  async function ends(tenant: Tenant): Promise<readonly [trimmed: number, last: number]> {
    const through = await settle();
    const [row] = await turn(() => ask(database, ENDS, { tenant, through: `${through}` }));
    return [Number(row?.[0] ?? 0), Number(row?.[1] ?? 0)];
  }

  return {
    hear,
    settled: settle,
    async changes(query) {
      if (query.after > horizon.last) throw gone(query.after, "unknown");
      return pageOf(query, await turn(() => ask(database, PAGE, parametersOf(query))));
    },
    end: async (tenant) => Math.max(...(await ends(tenant))),
    start: async (tenant) => (await ends(tenant))[0],
    async lag() {
      await settle();
      const { last, settled, waiting } = horizon;
      const ms = waiting ? performance.now() - waiting.sinceMs : 0;
      return { ids: last - settled, seconds: ms / 1_000 };
    },
  };
}

const gone = (after: number, why: "trimmed" | "unknown") => new Failure({ kind: "changes_gone", after, why });

const parametersOf = ({ scope, after, through, limit }: ChangesQuery) => ({
  tenant: scope.tenant,
  namespace: scope.namespace ?? null,
  children: `${scope.children}`,
  prefix: scope.prefix,
  after: `${after}`,
  through: `${through}`,
  limit: `${limit}`,
  looked_at: `${lookedAt(scope, limit)}`,
});

const lookedAt = ({ namespace, prefix }: ChangesQuery["scope"], limit: number): number =>
  namespace === undefined && prefix === "" ? limit : Math.max(limit, LOOKED_AT_MAX);

function pageOf({ scope, after, limit }: ChangesQuery, rows: readonly Row[]): ChangesPage {
  const [trimmed, count, max] = (rows[0] ?? []).map(Number);
  if ((trimmed ?? 0) > after) throw gone(after, "trimmed");
  const changes = rows.filter((row) => row[3] !== null).map((row) => changeOf(scope.tenant, row.slice(3)));
  const isFull = changes.length === limit;
  const upto = (isFull ? changes.at(-1)?.id : undefined) ?? (count ? (max ?? after) : after);
  return { changes, upto, more: isFull || count === lookedAt(scope, limit) };
}

function changeOf(tenant: Tenant, row: Row): Change {
  const [id, namespace, key, kind, revision, etag, by, door, at] = row.map(String);
  return {
    id: Number(id),
    tenant,
    namespace: namespace as NamespaceName,
    key: key as Key,
    kind: kind as Change["kind"],
    revision: Number(revision),
    etag: etag ?? "",
    at: instantFromDatabase(at ?? ""),
    by: by ?? "",
    door: door as Door,
  };
}
