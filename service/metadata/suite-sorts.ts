import type { Entry } from "../domain/entry.ts";
import type { Sort } from "../domain/stores.ts";

const COLUMNS = ["key", "namespace", "created", "updated", "expires", "revision", "description"] as const;
/** Every order that a list can have. */
export const SORTS: readonly Sort[] = COLUMNS.flatMap((by) => [
  { by, descending: false },
  { by, descending: true },
]);

/** The order as the contract has it, in plain words of this language. */
export function orderOf({ by, descending }: Sort): (a: Entry, b: Entry) => number {
  const of = (entry: Entry) => {
    const { key, namespace, createdAt, updatedAt, expiresAt, revision, description } = entry;
    return {
      key,
      namespace,
      created: createdAt,
      updated: updatedAt,
      expires: expiresAt,
      revision: `${revision}`.padStart(9, "0"),
      description,
    }[by];
  };
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0) * (descending ? -1 : 1);
  return (a, b) => {
    const [left, right] = [of(a), of(b)];
    const ties = compare(a.key, b.key) || compare(a.namespace, b.namespace);
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined) || ties;
    return compare(left, right) || ties;
  };
}
