import type { Objects } from "../domain/stores.ts";
import type { CallWatch } from "../domain/telemetry.ts";

/** The object store, each of whose calls `calls` is told of; never by an object's name, which holds the key. Walks are as slow as the walker. */
export const observed = <O extends Objects>(objects: O, calls: CallWatch): O => ({
  ...objects,
  put: (name, bytes, size, signal) => calls.call("put", () => objects.put(name, bytes, size, signal)),
  read: (slice, signal) => calls.call("read", () => objects.read(slice, signal)),
  stream: (slice, signal) => calls.call("stream", () => objects.stream(slice, signal)),
  delete: (name) => calls.call("delete", () => objects.delete(name)),
  ready: () => calls.call("ready", () => objects.ready()),
});
