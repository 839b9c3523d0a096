import type { WriteResult } from "../../api/batch.ts";
import type { Api } from "../../api/transport.ts";
import { type GatheredReads, gatheredReads } from "./gathered-reads.ts";
import { type GatheredWrites, gatheredWrites } from "./gathered-writes.ts";
import { directStore, type Entry, type Store } from "./store.ts";

/** Reads and writes of the same moment share requests, and reads are answered from a list: for one run of Terraform. */
export function gatheringStore(api: Api): Store {
  const direct = directStore(api);
  const reads = perNamespace((namespace): GatheredReads => gatheredReads(api, namespace));
  const writes = perNamespace((namespace): GatheredWrites => gatheredWrites(api, namespace));

  /** What a write came to counts for the reads after it, also that nobody knows it. */
  async function written(namespace: string, key: string, writing: Promise<Entry>): Promise<Entry> {
    const { known } = reads(namespace);
    known.forget(key);
    const entry = await writing;
    known.learn(key, { state: "live", entry, value: undefined, readAt: new Date(entry.updateDate) });
    return entry;
  }

  return {
    api,
    readKey: ({ namespace, key }, value, signal) => reads(namespace).read(key, value, signal),
    createKey(at, fields, idempotencyKey, signal) {
      const write = { op: "put", key: at.key, fields, only: "if-absent", idempotencyKey } as const;
      const alone = async (own: AbortSignal): Promise<WriteResult> => ({
        state: "written",
        entry: await direct.createKey(at, fields, idempotencyKey, own),
      });
      return written(at.namespace, at.key, writes(at.namespace)({ write, alone }, signal).then(entryIn));
    },
    patchKey: (at, ...more) => written(at.namespace, at.key, direct.patchKey(at, ...more)),
    async deleteKey(at, etag, idempotencyKey, signal) {
      reads(at.namespace).known.forget(at.key);
      const write = { op: "delete", key: at.key, only: { etag }, idempotencyKey } as const;
      const alone = async (own: AbortSignal): Promise<WriteResult> => ({
        state: "deleted",
        existed: await direct.deleteKey(at, etag, idempotencyKey, own),
      });
      const result = await writes(at.namespace)({ write, alone }, signal);
      if (result.state === "deleted") return result.existed;
      throw failureIn(result);
    },
  };
}

function perNamespace<Of>(make: (namespace: string) => Of): (namespace: string) => Of {
  const made = new Map<string, Of>();
  return (namespace) => {
    const known = made.get(namespace) ?? make(namespace);
    made.set(namespace, known);
    return known;
  };
}

function entryIn(result: WriteResult): Entry {
  if (result.state === "written") return result.entry;
  throw failureIn(result);
}

const failureIn = (result: WriteResult): Error =>
  result.state === "refused" ? result.error : new Error(`A write was answered as ${result.state}.`);
