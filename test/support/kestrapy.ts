import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type KestraSdk, type ListedKey, SdkRefusal } from "./kestra-sdks.ts";

/** A filter as Python's SDK takes it. */
export interface Filter {
  readonly field: string;
  readonly operation: string;
  readonly value: unknown;
}

export interface Kestrapy extends KestraSdk {
  listAll(page: number, size: number, sort: readonly string[], filters: readonly Filter[]): Promise<KeyPage>;
  inherited(namespace: string): Promise<readonly ListedKey[]>;
}

export interface KeyPage {
  readonly results: readonly ListedKey[];
  readonly total: number;
}

/**
 * The Python that has Kestra's SDK, from NSKV_TEST_KESTRAPY. Undefined, with the reason printed, when nobody has
 * installed it; with NSKV_TEST_REQUIRE_ALL=1 that is an error.
 */
export function findKestrapy(): string | undefined {
  const python = process.env["NSKV_TEST_KESTRAPY"];
  if (python) {
    if (spawnSync(python, ["-c", "import kestrapy"]).status === 0) return python;
    throw new Error(`NSKV_TEST_KESTRAPY names ${python}, which is no Python with Kestra's SDK.`);
  }
  const reason = "Kestra's Python SDK is missing: set NSKV_TEST_KESTRAPY to what scripts/install-kestrapy.sh prints.";
  if (process.env["NSKV_TEST_REQUIRE_ALL"] === "1") throw new Error(reason);
  console.warn(`${reason} Tests with it are left out.`);
  return undefined;
}

type Python = ChildProcessByStdio<Writable, Readable, null>;
type Told = { readonly answer: unknown } | { readonly status: number; readonly body: string };

const DRIVER = fileURLToPath(new URL("kestrapy-driver.py", import.meta.url));
const tenant = "main";
const modelOf = (model: string, fields: object) => ({ model, fields });

/** PyPI's `kestrapy`, in a process of its own that makes one call after another. */
export function kestrapyAt(python: string, address: string): Kestrapy {
  const driver: Python = spawn(python, ["-W", "ignore", DRIVER, address], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: driver.stdout });
  driver.stdin.on("error", () => undefined); // that it has ended is told below
  const end = ended(driver);
  end.catch(() => undefined);
  let turn: Promise<unknown> = Promise.resolve();
  const call = <T>(api: "kv" | "namespaces", method: string, words: object): Promise<T> => {
    const answer = turn.then(async () => {
      driver.stdin.write(`${JSON.stringify({ api, method, with: words })}\n`);
      const [line] = (await Promise.race([once(lines, "line"), end])) as [string];
      const told = JSON.parse(line) as Told;
      if ("status" in told) throw new SdkRefusal(told.status, told.body);
      return told.answer as T;
    });
    turn = answer.catch(() => undefined);
    return answer;
  };
  const listAll: Kestrapy["listAll"] = (page, size, sort, filters) =>
    call("kv", "list_all_keys", { tenant, page, size, sort, filters: filters.map(filterOf) });
  return {
    set: (namespace, key, body) => call("kv", "set_key_value", { namespace, key, tenant, body }),
    get: (namespace, key) => call("kv", "key_value", { namespace, key, tenant }),
    async list(namespace) {
      return (await listAll(1, 100, ["key:asc"], [{ field: "namespace", operation: "EQUALS", value: namespace }]))
        .results;
    },
    listAll,
    inherited: (namespace) => call("kv", "list_keys_with_inheritance", { namespace, tenant }),
    delete: (namespace, key) => call("kv", "delete_key_value", { namespace, key, tenant }),
    deleteMany: (namespace, keys) =>
      call("kv", "delete_key_values", {
        namespace,
        tenant,
        request: modelOf("KVControllerApiDeleteBulkRequest", { keys }),
      }),
    createNamespace: (namespace) =>
      call("namespaces", "create_namespace", { tenant, namespace: modelOf("Namespace", namespace) }),
    namespace: (id) => call("namespaces", "namespace", { id, tenant }),
    updateNamespace: (id, namespace) =>
      call("namespaces", "update_namespace", { id, tenant, namespace: modelOf("Namespace", namespace) }),
    deleteNamespace: (id) => call("namespaces", "delete_namespace", { id, tenant }),
    search: (q, page, size) =>
      call("namespaces", "search_namespaces", {
        tenant,
        page,
        size,
        sort: ["id:asc"],
        filters: [filterOf({ field: "q", operation: "EQUALS", value: q })],
      }),
    autocomplete: (q) =>
      call("namespaces", "autocomplete_namespaces", { tenant, request: modelOf("ApiAutocomplete", { q }) }),
    close: () => driver.stdin.end(),
  };
}

const filterOf = (filter: Filter) => modelOf("QueryFilter", filter);

async function ended(driver: Python): Promise<never> {
  const [code] = await once(driver, "exit");
  throw new Error(`The driver of Kestra's Python SDK ended with ${code}.`);
}
