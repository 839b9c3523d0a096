import { describe, expect, it } from "vitest";
import { commit, expire, freshPlace, letExpire, patch, put, remove, type SuiteStore, sibling } from "./suite-store.ts";

/** What must stay true though look-ups remember what they found. */
export function describeFinds(name: string, store: () => SuiteStore): void {
  describe(`${name}: look-ups`, () => {
    it("an entry that is found again is the very same", async () => {
      const at = freshPlace();
      await commit(store(), put(at));
      const first = await store().metadata.find(at);
      expect((await store().metadata.find(at))?.entry).toBe(first?.entry);
    });
    it("each change of another replica is seen at once", () => seesOthers(store()));
    it("an entry that is remembered expires all the same", async () => {
      const at = freshPlace();
      await commit(store(), put(at, { lifetime: { kind: "for", ttl: "PT1H" } }));
      const { entry } = (await store().metadata.find(at)) ?? {};
      await letExpire(store(), at);
      const later = await store().metadata.find(at);
      expect(later).toMatchObject({ state: "expired", entry: { etag: entry?.etag } });
    });
    it("places that are asked for at once are not mixed up, known or not", async () => {
      const at = freshPlace();
      const places = Array.from({ length: 300 }, (_, number) => sibling(at, `key-${number}`));
      await Promise.all(places.filter((_, number) => number % 3 > 0).map((place) => commit(store(), put(place))));
      await Promise.all(places.filter((_, number) => number % 3 === 1).map((place) => store().metadata.find(place)));
      const found = await Promise.all(places.map((place) => store().metadata.find(place)));
      expect(found.map((one) => one?.entry.key)).toEqual(
        places.map(({ key }, number) => (number % 3 ? key : undefined)),
      );
    });
  });
}

async function seesOthers({ metadata, second }: SuiteStore): Promise<void> {
  const at = freshPlace();
  for (const write of [put(at), patch(at, { description: "new" }), put(at), remove(at), put(at), expire(at)]) {
    const { verdict } = await second.commit(write);
    const now = await metadata.find(at);
    if (verdict.kind === "written") expect(now?.entry).toEqual(verdict.entry);
    expect(await metadata.find(at)).toEqual(now);
  }
}
