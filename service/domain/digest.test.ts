import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openDigester } from "./digest.ts";
import type { Place } from "./entry.ts";
import { HELD_LEASE_MS } from "./lease.ts";
import type { ObjectName } from "./object.ts";
import type { Bytes, Objects } from "./stores.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new AbortController().signal;
const PUT_MS = 500;

/** The stores of some replicas. An object's first put takes half a second, those after it none. */
function shared(firstPutMs = PUT_MS) {
  const texts = new Map<string, Uint8Array>();
  let puts = 0;
  let holder: string | undefined;
  const objects = {
    async *list(prefix: string) {
      yield* [...texts.keys()].filter((name) => name.startsWith(prefix)).sort();
    },
    async put(name: ObjectName, bytes: Bytes) {
      if (puts++ === 0) await new Promise((resolve) => setTimeout(resolve, firstPutMs));
      texts.set(name, bytes as Uint8Array);
    },
    delete: async (name: ObjectName) => void texts.delete(name),
    read: async ({ object }: { object: ObjectName }) => texts.get(object),
  } as unknown as Objects;
  const upkeep = {
    async take(_: string, who: string, ms: number) {
      if (holder !== undefined && holder !== who) return undefined;
      holder = ms > 0 ? who : undefined;
      return Date.now();
    },
  };
  const openWhole = () => openDigester(objects, upkeep, never);
  const open = async () => (await openWhole()).start(PLACE).end();
  const steal = () => {
    holder = "another";
  };
  return { open, openWhole, texts, steal };
}

const PLACE = { tenant: "t", namespace: "n", key: "k" } as unknown as Place;

it("one replica makes the key, and those that start beside it and after it take that one", async () => {
  const { open, texts } = shared();
  const opening = Promise.all([open(), open(), open()]);
  await vi.advanceTimersByTimeAsync(10 * PUT_MS);
  const [first, ...others] = await opening;
  expect([...others, await open()]).toEqual([first, first, first]);
  expect([...texts.keys()]).toEqual([`_nskv/digest-keys/${first?.keyId}`]);
});

it("a replica that stood still for longer than its lease takes the key that it made away again", async () => {
  const { open, steal, texts } = shared(2 * HELD_LEASE_MS);
  const opening = expect(open()).rejects.toThrow('The lease "digest key" has ended.');
  await vi.advanceTimersByTimeAsync(PUT_MS);
  steal();
  await vi.advanceTimersByTimeAsync(2 * HELD_LEASE_MS);
  await opening;
  expect([...texts.keys()]).toEqual([]);
});

it.each([0, 1, 64, 4_096])("the digest of a value of %i bytes is one, whether it flows or not", async (length) => {
  const opening = shared(0).openWhole();
  await vi.advanceTimersByTimeAsync(PUT_MS);
  const [digester, value] = [await opening, Buffer.alloc(length, "ä")];
  const at = { ...PLACE, key: "ä key of more than one byte" } as Place;
  const running = digester.start(at);
  running.update(value.subarray(0, length / 2));
  running.update(value.subarray(length / 2));
  expect(digester.of(at, value)).toEqual(running.end());
  expect(digester.of(at, value)).not.toEqual(digester.of(PLACE, value));
});
