import { expect, it } from "vitest";
import type { NamespaceName, Tenant } from "./namespace.ts";
import type { ObjectName } from "./object.ts";
import { purge } from "./purge.ts";
import type { PurgePage, PurgeQuery } from "./purge-store.ts";
import type { Stores } from "./writes.ts";

const QUERY: PurgeQuery = {
  tenant: "main" as Tenant,
  namespace: "a.b" as NamespaceName,
  expiredOnly: false,
  createdBefore: undefined,
  updatedBefore: undefined,
  prefix: undefined,
  dryRun: false,
  by: "tester",
  door: "http",
};

/** A purge of one key, whose object dies with it. */
async function purged(backup: () => boolean): Promise<{ readonly events: string[]; readonly objects: number }> {
  const events: string[] = [];
  const page: PurgePage = { keys: 1, revisions: 1, overtaken: 0, dead: ["main/a.b/o" as ObjectName], next: undefined };
  const stores = {
    metadata: {
      purge: async () => {
        events.push("rows gone");
        return page;
      },
      upkeep: {
        isTaken: async (name: string) => {
          events.push(`asked for ${name}`);
          return backup();
        },
      },
    },
    objects: { delete: async (name: string) => void events.push(`deleted ${name}`) },
  } as unknown as Stores;
  let objects = 0;
  for await (const total of purge(stores, QUERY, new AbortController().signal)) objects = total.objects;
  return { events, objects };
}

it("deletes the bytes at once, having looked for a backup after the rows were gone", async () => {
  expect(await purged(() => false)).toEqual({
    events: ["rows gone", "asked for backup", "deleted main/a.b/o"],
    objects: 1,
  });
});

it("leaves the bytes to the sweep while a backup may name them", async () => {
  expect(await purged(() => true)).toEqual({ events: ["rows gone", "asked for backup"], objects: 0 });
});
