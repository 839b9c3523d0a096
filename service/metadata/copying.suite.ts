import { describe, expect, it } from "vitest";
import { RESTORE_LEAP } from "../../api/limits.ts";
import type { CopiedRow, CopiedTable, Copying, SequenceState } from "../domain/copy-store.ts";
import { expire, freshPlace, letExpire, look, put, remove, type SuiteStore, sibling, written } from "./suite-store.ts";

/** A store with data, and one that nobody has written to and whose schema is still to be made. */
export interface CopyingStores {
  readonly full: SuiteStore & { readonly copying: Copying };
  readonly empty: SuiteStore & { readonly copying: Copying };
}

/** What a backup may rely on, whatever the databases on both sides are. */
export function describeCopying(name: string, stores: () => CopyingStores): void {
  describe(`${name}: copying`, () => {
    it("a snapshot is one moment, whoever writes while it is read", () => snapshots(stores()));
    it("a new database is brought to a level, and further", () => levels(stores()));
    it("rows that fail half-way leave nothing", () => loadsAllOrNothing(stores()));
    it("what is loaded equals what was copied, and new changes come far above", () => loads(stores()));
    it("a database with rows is not loaded", () => refuses(stores()));
  });
}

interface Copy {
  readonly tables: readonly { readonly table: CopiedTable; readonly rows: readonly CopiedRow[] }[];
  readonly sequences: readonly SequenceState[];
  readonly objects: readonly { readonly name: string; readonly bytesMin: number }[];
}

const copyOf = (copying: Copying, meanwhile: () => Promise<unknown> = async () => undefined): Promise<Copy> =>
  copying.snapshot(async (snapshot) => {
    const tables = [];
    await meanwhile();
    for (const table of snapshot.tables) {
      const rows: CopiedRow[] = [];
      for await (const page of snapshot.rows(table)) rows.push(...page);
      tables.push({ table, rows });
    }
    const objects = [];
    for await (const page of snapshot.objects()) objects.push(...page);
    return { tables, sequences: snapshot.sequences, objects };
  });

const rowsOf = ({ tables }: Copy, name: string) => tables.find(({ table }) => table.name === name)?.rows ?? [];

const ODD = "a\"b\\c,{}'é\u{1f600}\n\tNULL";

async function snapshots({ full }: CopyingStores): Promise<void> {
  const at = freshPlace();
  const { slice } = await written(full, put(at, { description: ODD, labels: { [ODD]: ODD } }));
  await written(full, put(sibling(at, ODD)));
  await written(full, put(sibling(at, "gone")));
  await written(full, remove(sibling(at, "gone")));
  const ended = sibling(at, "ended");
  await written(full, put(ended, { lifetime: { kind: "for", ttl: "PT1H" } }));
  await letExpire(full, ended);
  await written(full, expire(ended));
  const later = sibling(at, "later");
  // PGlite has one session, so nobody can write there.
  const meanwhile = full.second === full.metadata ? undefined : () => written({ metadata: full.second }, put(later));
  const copy = await copyOf(full.copying, meanwhile);
  expect(rowsOf(copy, "entries").map((row) => row[2])).toEqual(["ended", "gone", "key", ODD].sort());
  expect(rowsOf(copy, "revisions")).toHaveLength(6);
  expect(copy.objects.map(({ name }) => name)).toEqual(copy.objects.map(({ name }) => name).sort());
  expect(copy.objects).toContainEqual({ name: slice.object, bytesMin: 7 });
  expect(copy.objects).toHaveLength(4);
  expect(copy.tables.map(({ table }) => table.name)).not.toContain("leases");
}

async function levels({ empty }: CopyingStores): Promise<void> {
  const { applied, known } = await empty.copying.level();
  expect(applied).toEqual([]);
  expect(await empty.copying.occupied()).toBeUndefined();
  await empty.copying.migrate(known.slice(0, 2));
  expect(await empty.copying.level()).toEqual({ applied: known.slice(0, 2), known });
  expect(await empty.copying.occupied()).toBeUndefined();
  await empty.copying.migrate();
  expect(await empty.copying.level()).toEqual({ applied: known, known });
}

const load = ({ copying }: CopyingStores["empty"], { tables, sequences }: Copy, fails = false): Promise<void> =>
  copying.load(sequences, async (loading) => {
    for (const { table, rows } of tables) if (rows.length > 0) await loading.add(table, rows);
    if (fails) throw new Error("failed on purpose");
  });

async function loadsAllOrNothing({ full, empty }: CopyingStores): Promise<void> {
  await expect(load(empty, await copyOf(full.copying), true)).rejects.toThrow("failed on purpose");
  expect(await empty.copying.occupied()).toBeUndefined();
  const stray = { tables: [{ table: { name: "strays", columns: ["a"] }, rows: [["1"]] }], sequences: [], objects: [] };
  await expect(load(empty, stray)).rejects.toThrow("no column a in a table strays");
}

async function loads({ full, empty }: CopyingStores): Promise<void> {
  const copy = await copyOf(full.copying);
  await load(empty, copy);
  const again = await copyOf(empty.copying);
  expect({ ...again, sequences: [] }).toEqual({ ...copy, sequences: [] });
  const [{ last } = { last: "" }] = copy.sequences;
  const at = freshPlace();
  await written(empty, put(at));
  const [[id] = []] = await look(empty, "SELECT max(id) FROM changes");
  expect(Number(id)).toBe(Number(last) + RESTORE_LEAP + 1);
}

async function refuses({ full, empty }: CopyingStores): Promise<void> {
  await expect(load(empty, await copyOf(full.copying))).rejects.toMatchObject({
    name: "Occupied",
    table: "namespaces",
  });
}
