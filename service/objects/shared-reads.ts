import type { Slice } from "../domain/entry.ts";
import type { ObjectName } from "../domain/object.ts";
import type { Objects } from "../domain/stores.ts";

interface Flight {
  readonly object: ObjectName;
  readonly bytes: Promise<Uint8Array | undefined>;
  /** Ends the request when nobody waits for it any more. */
  readonly abort: AbortController;
  waiting: number;
}

/** Lets concurrent reads of one slice share one request. Each may give up by its own signal; the others do not notice. */
export class SharedReads {
  readonly #objects: Objects;
  readonly #flights = new Map<string, Flight>();

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  /** `keep` gets the bytes once per request, unless their object was forgotten meanwhile. */
  async read(
    key: string,
    slice: Slice,
    signal: AbortSignal,
    keep: (bytes: Uint8Array) => void,
  ): Promise<Uint8Array | undefined> {
    const flight = this.#flights.get(key) ?? this.#start(key, slice, keep);
    flight.waiting += 1;
    try {
      return await unlessAborted(flight.bytes, signal);
    } finally {
      flight.waiting -= 1;
      if (flight.waiting === 0) {
        this.#end(key, flight);
        // Without effect when the answer is there.
        flight.abort.abort(signal.reason);
      }
    }
  }

  /** Reads of this object that are under way are answered, but not kept, and nobody joins them. */
  forget(name: ObjectName): void {
    for (const [key, flight] of this.#flights) {
      if (flight.object === name) this.#flights.delete(key);
    }
  }

  #start(key: string, slice: Slice, keep: (bytes: Uint8Array) => void): Flight {
    const abort = new AbortController();
    const bytes = this.#objects.read(slice, abort.signal);
    const flight: Flight = { object: slice.object, bytes, abort, waiting: 0 };
    this.#flights.set(key, flight);
    bytes.then(
      (read) => {
        if (read && this.#end(key, flight)) keep(read);
      },
      () => this.#end(key, flight),
    );
    return flight;
  }

  /** Whether it was still there to be joined. */
  #end(key: string, flight: Flight): boolean {
    return this.#flights.get(key) === flight && this.#flights.delete(key);
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    const done = () => signal.removeEventListener("abort", onAbort);
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(done);
  });
}
