import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { describe, expect, it } from "vitest";
import { migrationsUrl } from "../../test/support/pglite.ts";
import { freshDatabase } from "../../test/support/postgres.ts";
import { newPackName } from "../domain/object.ts";
import { openPostgres } from "./postgres.ts";
import { freshPlace, put, sibling, valueAt, whereOf } from "./suite-store.ts";

describe.runIf(process.env["NSKV_TEST_DATABASE_URL"])("an object that dies while a statement waits", () => {
  it("is named by no value: its bytes may be deleted already", async () => {
    const { url, drop } = await freshDatabase();
    const [one, two] = await Promise.all([0, 1].map(() => openPostgres({ url, migrations: migrationsUrl })));
    const sql = postgres(url, { max: 1 });
    if (!one || !two) throw new Error("There is no database.");
    try {
      const held = freshPlace("held");
      const [first, second] = [sibling(held, "a"), sibling(held, "b")];
      const object = newPackName(held);
      const partAt = (offset: number) => ({ slice: { object, offset, length: 7 } });
      await one.commit(put(held));
      await one.commit(put(first, { value: valueAt(first, partAt(0)) }));

      let release = () => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      const holding = sql.begin(async (transaction) => {
        await transaction.unsafe(`SELECT 1 FROM entries WHERE ${whereOf(held)} FOR UPDATE`);
        await released;
      });
      await sleep(200);
      // One statement for both: its snapshot shows the object alive, and it waits for the key that is held.
      const together = Promise.all([
        one.commit(put(held)),
        one.commit(put(second, { value: valueAt(second, partAt(8)) })),
      ]);
      await sleep(500);
      const { tenant, namespace } = held;
      const purge = { tenant, namespace, prefix: "a", expiredOnly: false, dryRun: false, by: "tester" };
      const whenever = { createdBefore: undefined, updatedBefore: undefined, door: "http" as const };
      const { dead } = await two.purge({ ...purge, ...whenever }, "", 500);
      expect(dead).toContain(object);
      release();
      await holding;
      const [, late] = await together;
      expect(late.verdict.kind).toBe("late");
    } finally {
      await Promise.all([one.close(), two.close(), sql.end()]);
      await drop();
    }
  }, 60_000);
});
