import { expect, it } from "vitest";
import type { Place } from "./entry.ts";
import type { Key } from "./key.ts";
import type { NamespaceName, Tenant } from "./namespace.ts";
import { createSharedObjects } from "./shared-objects.ts";
import type { Objects } from "./stores.ts";

const at = (namespace: string, key: string): Place => ({
  tenant: "main" as Tenant,
  namespace: namespace as NamespaceName,
  key: key as Key,
});
const small = (namespace: string, key: string) => ({
  at: at(namespace, key),
  type: "STRING" as const,
  bytes: Buffer.from(`"${key}"`),
});

/** An object store in memory, whose uploads end when the test says so. */
function behind(held = false) {
  const stored = new Map<string, Buffer>();
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const objects = {
    put: async (name: string, bytes: Uint8Array) => {
      if (held) await gate;
      stored.set(name, Buffer.from(bytes));
      return bytes.length;
    },
    delete: async (name: string) => void stored.delete(name),
  } as unknown as Objects;
  const digester = { of: () => ({ hex: "00", keyId: "k" }) };
  return { stored, open, shared: createSharedObjects(objects, digester) };
}

it("values of one moment share an object of their namespace, and each has its own slice of it", async () => {
  const { stored, shared } = behind();
  const keys = [small("a", "1"), small("b", "2"), small("a", "three"), small("a", "4")];
  const placed = await Promise.all(keys.map((value) => shared.place(value)));
  const slices = placed.map(({ value }) => value.slice);
  for (const [index, { object, offset, length }] of slices.entries())
    expect(stored.get(object)?.subarray(offset, offset + length)).toEqual(keys[index]?.bytes);
  expect(new Set(slices.map(({ object }) => object)).size).toBe(2);
  expect(slices[1]?.object).toContain("main/b/_kv/2-");
  expect(slices[0]?.object).toContain("main/a/_kv/_pack/");
});

it("a shared object goes when the last write of it was refused, and stays when one was not", async () => {
  const { stored, shared } = behind();
  for (const named of [false, true]) {
    const [one, two] = await Promise.all([shared.place(small("a", "1")), shared.place(small("a", "2"))]);
    const { object } = one.value.slice;
    await one.decided(named);
    expect(stored.has(object)).toBe(true);
    await two.decided(false);
    expect(stored.has(object)).toBe(named);
  }
});

it("what comes while objects are being written waits for the next one, and namespaces do not wait for each other", async () => {
  const { stored, open, shared } = behind(true);
  const turn = () => new Promise(setImmediate);
  const coming: Promise<unknown>[] = [];
  for (const key of ["1", "2", "3", "4"]) {
    coming.push(shared.place(small("a", key)));
    await turn();
  }
  coming.push(shared.place(small("b", "5")));
  await turn();
  expect(stored.size).toBe(0);
  open();
  await Promise.all(coming);
  // Two were under way alone, two gathered behind them, and the other namespace's went by itself.
  expect([...stored.keys()].map((name) => name.split("/")[3]).filter((name) => name === "_pack")).toHaveLength(1);
  expect(stored.size).toBe(4);
});

it("a value can be placed anew, alone", async () => {
  const { stored, shared } = behind();
  const [one] = await Promise.all([shared.place(small("a", "1")), shared.place(small("a", "2"))]);
  const own = await one.alone?.();
  expect(own?.value.slice).toMatchObject({ offset: 0, length: 3 });
  expect(own?.value.slice.object).toContain("main/a/_kv/1-");
  await own?.decided(false);
  expect(stored.size).toBe(1);
});

it("an upload that fails fails all that share it, and the next succeeds", async () => {
  let broken = true;
  const objects = {
    put: async (_: string, bytes: Uint8Array) => {
      if (broken) throw new Error("disk full");
      return bytes.length;
    },
  } as unknown as Objects;
  const digester = { of: () => ({ hex: "00", keyId: "k" }) };
  const shared = createSharedObjects(objects, digester);
  const outcomes = await Promise.allSettled([shared.place(small("a", "1")), shared.place(small("a", "2"))]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  broken = false;
  expect((await shared.place(small("a", "3"))).value.size).toBe(3);
});
