import type { Digester } from "./digest.ts";
import type { Place } from "./entry.ts";
import { newObjectName, newPackName } from "./object.ts";
import { type Placed, placedAlone, removeQuietly } from "./placed.ts";
import type { Objects, StoredValue } from "./stores.ts";
import type { Cause, Causes } from "./telemetry.ts";
import type { Type } from "./type.ts";

/** Longer values have an object of their own. */
export const PACKED_VALUE_BYTES_MAX = 16 * 1_024;
/** Between two values, so that a person can still read the object. */
export const SEPARATOR = Buffer.from("\n");
/** Values of one object: some of them wait for all of them. */
const VALUES_MAX = 128;
/** Objects of one namespace that are written at once; what comes meanwhile gathers for the next. */
const UPLOADS_MAX = 2;
/** What no upload takes while the store is well, in milliseconds. */
const SLOW_MS = 3_000;

export interface SmallValue {
  readonly at: Place;
  readonly type: Type;
  readonly bytes: Uint8Array;
}

/** Puts small values that are written at the same moment into one object: to store one costs more than its bytes. */
export interface SharedObjects {
  /** Durable when it resolves. Fails with `unavailable`, as do all that share the object. */
  place(value: SmallValue): Promise<Placed>;
}

interface Waiting {
  readonly value: SmallValue;
  readonly cause: Cause | undefined;
  readonly resolve: (placed: Placed) => void;
  readonly reject: (error: unknown) => void;
  /** When it came, by `performance.now()`. */
  readonly since: number;
}

/**
 * A value joins only an object that has not been sent, of its own namespace. An object that no write named in the end
 * is removed by the last of them.
 */
export function createSharedObjects(objects: Objects, digester: Pick<Digester, "of">, causes?: Causes): SharedObjects {
  /** Of the namespaces that are written to at the moment. */
  const lanes = new Map<string, Lane>();
  return {
    place: (value) =>
      new Promise((resolve, reject) => {
        const scope = scopeOf(value);
        const lane = lanes.get(scope) ?? { waiting: [], uploads: 0, isScheduled: false };
        lanes.set(scope, lane);
        lane.waiting.push({ value, cause: causes?.current(), since: performance.now(), resolve, reject });
        schedule(lane);
      }),
  };

  function schedule(lane: Lane): void {
    if (lane.isScheduled || lane.uploads >= UPLOADS_MAX || lane.waiting.length === 0) return;
    lane.isScheduled = true;
    // All that this turn of the event loop brings still joins.
    setImmediate(() => {
      lane.isScheduled = false;
      void send(lane);
      schedule(lane);
    });
  }

  async function send(lane: Lane): Promise<void> {
    const together = lane.waiting.splice(0, VALUES_MAX);
    const began = performance.now();
    lane.uploads += 1;
    const work = () => upload(objects, digester, together);
    const failure = await (causes
      ? causes.within(
          together.map(({ cause }) => cause),
          work,
        )
      : work());
    lane.uploads -= 1;
    if (failure !== undefined && performance.now() - began > SLOW_MS) refuseBefore(lane, began, failure);
    schedule(lane);
    if (lane.uploads > 0 || lane.waiting.length > 0) return;
    const [first] = together;
    if (first) lanes.delete(scopeOf(first.value));
  }
}

const scopeOf = ({ at }: SmallValue): string => `${at.tenant}/${at.namespace}`;

/** What is written to one namespace. */
interface Lane {
  readonly waiting: Waiting[];
  uploads: number;
  isScheduled: boolean;
}

/** A store that stands still lets each upload wait in full: whoever has waited for one does not wait for the next. */
function refuseBefore({ waiting }: Lane, time: number, failure: unknown): void {
  const fresh = waiting.findIndex(({ since }) => since >= time);
  for (const { reject } of waiting.splice(0, fresh === -1 ? waiting.length : fresh)) reject(failure);
}

/** Settles all of them and answers what went wrong; never fails. */
async function upload(
  objects: Objects,
  digester: Pick<Digester, "of">,
  together: readonly Waiting[],
): Promise<unknown> {
  const values = together.map(({ value }) => value);
  try {
    const placed = await (values.length === 1 ? placeAlone : placeTogether)(objects, digester, values);
    for (const [index, { resolve }] of together.entries()) resolve(placed[index] as Placed);
    return undefined;
  } catch (error) {
    for (const { reject } of together) reject(error);
    return error;
  }
}

/** No caller's departure may end an upload that others wait for; the store has time limits of its own. */
const unaborted = () => new AbortController().signal;

async function placeAlone(
  objects: Objects,
  digester: Pick<Digester, "of">,
  values: readonly SmallValue[],
): Promise<Placed[]> {
  return Promise.all(
    values.map(async (value) => {
      const object = newObjectName(value.at);
      await objects.put(object, value.bytes, value.bytes.length, unaborted(), "row");
      return placedAlone(objects, storedAs(value, { object, offset: 0, length: value.bytes.length }, digester));
    }),
  );
}

async function placeTogether(
  objects: Objects,
  digester: Pick<Digester, "of">,
  values: readonly SmallValue[],
): Promise<Placed[]> {
  const object = newPackName((values[0] as SmallValue).at);
  const whole = Buffer.concat(values.flatMap(({ bytes }) => [bytes, SEPARATOR]));
  await objects.put(object, whole, whole.length, unaborted(), "row");
  let offset = 0;
  let undecided = values.length;
  let anyNamed = false;
  return values.map((small) => {
    const value = storedAs(small, { object, offset, length: small.bytes.length }, digester);
    objects.keep?.(value.slice, small.bytes);
    offset += small.bytes.length + SEPARATOR.length;
    return {
      value,
      async decided(named) {
        undecided -= 1;
        anyNamed ||= named;
        if (undecided === 0 && !anyNamed) await removeQuietly(objects, value);
      },
      alone: async () => (await placeAlone(objects, digester, [small]))[0] as Placed,
    };
  });
}

const storedAs = (
  { at, type, bytes }: SmallValue,
  slice: StoredValue["slice"],
  digester: Pick<Digester, "of">,
): StoredValue => ({ type, slice, size: bytes.length, digest: digester.of(at, bytes) });
