import { readdir } from "node:fs/promises";
import { getTableName, is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { expect, it } from "vitest";
import { COPIED, LEFT_OUT } from "./copied-tables.ts";

it("every table is either in a backup or left out on purpose", async () => {
  const folder = new URL("./tables/", import.meta.url);
  const modules = await Promise.all((await readdir(folder)).map((file) => import(new URL(file, folder).href)));
  const tables = modules.flatMap((module) => Object.values(module as object)).filter((it) => is(it, PgTable));
  expect(tables.length).toBeGreaterThan(5);
  expect([...COPIED, ...LEFT_OUT].map((table) => getTableName(table)).sort()).toEqual(
    tables.map((table) => getTableName(table)).sort(),
  );
});

it("a table comes after those that it refers to", () => {
  const names = COPIED.map((table) => getTableName(table));
  for (const table of COPIED)
    for (const { reference } of getTableConfig(table).foreignKeys) {
      const referred = names.indexOf(getTableName(reference().foreignTable));
      expect(referred).toBeGreaterThanOrEqual(0);
      expect(referred).toBeLessThan(names.indexOf(getTableName(table)));
    }
});
