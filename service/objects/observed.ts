import type { Objects } from "../domain/stores.ts";
import type { CallWatch } from "../domain/telemetry.ts";

/** The object store, each of whose calls `calls` is told of; never by an object's name, which holds the key. */
export const observed = (objects: Objects, calls: CallWatch): Objects => ({
  put: (name, bytes, size, signal) => calls.call("put", () => objects.put(name, bytes, size, signal)),
  read: (slice, signal) => calls.call("read", () => objects.read(slice, signal)),
  stream: (slice, signal) => calls.call("stream", () => objects.stream(slice, signal)),
  delete: (name) => calls.call("delete", () => objects.delete(name)),
  list: (prefix, after) => objects.list(prefix, after), // by whoever walks through it, and as slowly
  uriOf: (name) => objects.uriOf(name),
  ready: () => calls.call("ready", () => objects.ready()),
  close: () => objects.close(),
});
