import type { InventoriedObjects } from "../domain/inventory.ts";
import type { CallWatch } from "../domain/telemetry.ts";

/** The object store, each of whose calls `calls` is told of; never by an object's name, which holds the key. */
export const observed = (objects: InventoriedObjects, calls: CallWatch): InventoriedObjects => ({
  put: (...given) => calls.call("put", () => objects.put(...given)),
  read: (slice, signal) => calls.call("read", () => objects.read(slice, signal)),
  stream: (slice, signal) => calls.call("stream", () => objects.stream(slice, signal)),
  lend: (slice, signal) => calls.call("stream", () => objects.lend(slice, signal)),
  delete: (name) => calls.call("delete", () => objects.delete(name)),
  // A walk is as slow as whoever walks.
  list: (prefix, after) => objects.list(prefix, after),
  inventory: (prefix, after) => objects.inventory(prefix, after),
  uriOf: (name) => objects.uriOf(name),
  ready: () => calls.call("ready", () => objects.ready()),
  close: () => objects.close(),
});
