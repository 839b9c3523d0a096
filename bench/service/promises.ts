import type { Figure } from "./contenders.ts";
import { type Promised, promised, type Rounds, ratioOf } from "./report.ts";

/** What issue and README promise of the service beside its peers, as far as the scenarios ran. */
export function promisesOf(all: ReadonlyMap<string, Rounds>): Promised[] {
  const of = (scenario: string, contender: string) => all.get(scenario)?.get(contender);
  const compared = (
    what: string,
    [ones, others]: readonly [readonly Figure[] | undefined, readonly Figure[] | undefined],
    figure: keyof Figure,
    target: readonly ["≥" | "≤", number],
  ) => (ones && others ? [promised(what, ratioOf(ones, others, figure), target)] : []);
  return ["embedded", "Postgres and MinIO"].flatMap((pair) => {
    const bare = pair === "embedded" ? "bare write-sync-rename" : "bare MinIO";
    const [get, put] = [of("GET", pair), of("PUT", pair)];
    const rows = [of("list", pair), of("list", "bare Postgres")] as const;
    return [
      ...compared(`GET, ${pair}: rate beside bare Hono`, [get, of("GET", "bare Hono")], "perSecond", ["≥", 0.6]),
      ...compared(`GET, ${pair}: rate beside etcd`, [get, of("GET", "etcd")], "perSecond", ["≥", 1.5]),
      ...compared(`PUT, ${pair}: rate beside ${bare}`, [put, of("PUT", bare)], "perSecond", ["≥", 0.9]),
      ...compared(`batch, ${pair}: puts beside single PUTs`, [of("batch", pair), put], "perSecond", ["≥", 3]),
      ...compared(`list, ${pair}: time beside Postgres's rows`, rows, "p50", ["≤", 3]),
    ];
  });
}
