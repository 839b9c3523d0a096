import { expect, it } from "vitest";
import type { Place } from "./entry.ts";
import type { Key } from "./key.ts";
import type { NamespaceName, Tenant } from "./namespace.ts";
import type { ObjectName } from "./object.ts";
import type { Placed } from "./placed.ts";
import { type Commit, OutcomeUnknown, type Write } from "./stores.ts";
import { NOTHING_SAID, put, type Stores } from "./writes.ts";

const at: Place = { tenant: "main" as Tenant, namespace: "n" as NamespaceName, key: "k" as Key };
const author = { by: "tester", door: "http", idempotencyKey: undefined } as const;
const body = { bytes: Buffer.from("1"), size: 1, reading: { type: undefined, unescapedQuotes: false } };

/** Stores whose database gives these answers, one after another, and what became of the objects. */
function behind(...answers: ((write: Write) => Commit)[]) {
  const fates: string[] = [];
  /** What happens while the bytes are on their way. */
  const during: (() => void)[] = [];
  const placed = (name: string, alone?: () => Promise<Placed>): Placed => ({
    value: {
      type: "NUMBER",
      slice: { object: name as ObjectName, offset: 0, length: 1 },
      size: 1,
      digest: { hex: "00", keyId: "k" },
    },
    decided: async (named) => void fates.push(`${name} ${named ? "kept" : "removed"}`),
    ...(alone && { alone }),
  });
  const stores = {
    shared: {
      place: async () => {
        for (const event of during) event();
        return placed("shared", async () => placed("own"));
      },
    },
    metadata: {
      commit: async (write: Write) => (answers.shift() as (typeof answers)[number])(write),
    },
  } as unknown as Stores;
  const write = (signal = new AbortController().signal) =>
    put(stores, { at, only: { kind: "always" }, said: NOTHING_SAID, author }, body, signal);
  return { fates, during, write };
}

const written = (write: Write): Commit => ({
  verdict: { kind: "written", created: true, entry: { slice: write.value?.slice } as never },
  certain: true,
});
const refused = (certain: boolean) => (): Commit => ({ verdict: { kind: "stale", current: undefined }, certain });

it("bytes that a revision names are kept", async () => {
  const { fates, write } = behind(written);
  await write();
  expect(fates).toEqual(["shared kept"]);
});

it("bytes of a refused write are removed, unless an answer was lost on the way", async () => {
  for (const certain of [true, false]) {
    const { fates, write } = behind(refused(certain));
    await expect(write()).rejects.toMatchObject({ fault: { kind: "stale" } });
    expect(fates).toEqual([`shared ${certain ? "removed" : "kept"}`]);
  }
});

it("bytes of a write whose outcome nobody knows are kept, those of one that never happened are not", async () => {
  for (const [error, fate] of [
    [new OutcomeUnknown(new Error("lost")), "shared kept"],
    [new Error("broken"), "shared removed"],
  ] as const) {
    const { fates, write } = behind(() => {
      throw error;
    });
    await expect(write()).rejects.toBeInstanceOf(Error);
    expect(fates).toEqual([fate]);
  }
});

it("a value whose shared object died meanwhile is placed alone, under the same ETag", async () => {
  const etags: string[] = [];
  const late = ({ etag }: Write): Commit => {
    etags.push(etag);
    return { verdict: { kind: "late" }, certain: true };
  };
  const { fates, write } = behind(late, (again) => {
    etags.push(again.etag);
    return written(again);
  });
  expect((await write()).entry.slice.object).toBe("own");
  expect(fates).toEqual(["shared removed", "own kept"]);
  expect(etags[0]).toBe(etags[1]);
});

it("a caller who left while others' bytes went with his writes nothing", async () => {
  const { fates, during, write } = behind();
  const left = new AbortController();
  during.push(() => left.abort(new Error("left")));
  await expect(write(left.signal)).rejects.toThrow("left");
  expect(fates).toEqual(["shared removed"]);
});
