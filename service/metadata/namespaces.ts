import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../domain/fault.ts";
import type { NamespaceName } from "../domain/namespace.ts";
import type {
  EarlierAnswer,
  ListedNamespace,
  Namespace,
  NamespacePage,
  NamespaceQuery,
  NamespaceRemoval,
  Namespaces,
  NamespaceVerdict,
  NamespaceWrite,
  RemovalStep,
  Repeatable,
} from "../domain/namespaces.ts";
import { type Database, DatabaseError, failureOf, type Row } from "./database.ts";
import { inTurn } from "./in-turn.ts";
import { FIND_ANSWER } from "./namespace-answers.ts";
import { LOCK_NAMESPACE, REMOVE_STEP, STEP_KEYS } from "./namespace-removal.ts";
import { listedNamespaceOf, namespaceOf } from "./namespace-row.ts";
import {
  CHANGE_NAMESPACE,
  COUNT_CONTENTS,
  FIND_NAMESPACE,
  listNamespaces,
  PUT_NAMESPACE,
} from "./namespace-statements.ts";

/** Tries of one statement: each deadlock costs one, and so does each key that is written in the way of a deletion. */
const TRIES_MAX = 20;
const PAUSE_MS_MAX = 20;

const LISTS = { up: listNamespaces(false), down: listNamespaces(true) } as const;

/** The same on both databases, over connections that reads and writes of keys do not wait for. */
export function createNamespaces(database: Database): Namespaces {
  const turn = inTurn(database.parallel);
  return {
    find: (tenant, name) => turn(() => find(database, { tenant, name })),
    write: (write) => turn(() => put(database, write)),
    answerTo: (tenant, name, repeatable) => turn(() => answerTo(database, { tenant, name }, repeatable)),
    removeStep: (removal) => turn(() => removeStep(database, removal)),
    async contentsOf(tenant, name) {
      const [row] = await turn(() => answered(() => database.query(COUNT_CONTENTS, { tenant, name })));
      return { keys: Number(row?.[0]), bytes: Number(row?.[1]), revisions: Number(row?.[2]) };
    },
    list: (query) => turn(() => list(database, query)),
  };
}

/** Tries again what was rolled back because of others, and, where `repeatable`, what was lost on the way. */
async function answered(ask: () => Promise<readonly Row[]>, repeatable = true): Promise<readonly Row[]> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      const trouble = error instanceof DatabaseError ? error.trouble : "broken";
      const again = trouble === "again" || (trouble === "lost" && repeatable && tries === 1);
      if (!again || tries === TRIES_MAX) throw failureOf(trouble === "again" ? unavailable(error) : error);
    }
    await sleep(Math.random() * PAUSE_MS_MAX);
  }
}

const unavailable = (cause: unknown) => new DatabaseError("unavailable", cause);

async function find(database: Database, at: { tenant: string; name: string }): Promise<Namespace | undefined> {
  const [row] = await answered(() => database.query(FIND_NAMESPACE, { ...at }));
  return row && namespaceOf(row);
}

const repeatableParameters = (repeatable: Repeatable | undefined) => ({
  idempotency_key: repeatable?.idempotencyKey ?? null,
  request: repeatable?.request ?? null,
});

async function answerTo(
  database: Database,
  at: { tenant: string; name: string },
  repeatable: Repeatable,
): Promise<EarlierAnswer | undefined> {
  const parameters = { ...at, ...repeatableParameters(repeatable) };
  const [row] = await answered(() => database.query(FIND_ANSWER, parameters));
  return row && earlierOf(row);
}

const earlierOf = ([kind, ...columns]: Row): EarlierAnswer =>
  kind === "repeated" ? { kind, namespace: namespaceOf(columns) } : { kind: "reused" };

async function put(database: Database, write: NamespaceWrite): Promise<NamespaceVerdict> {
  const { tenant, name, only, settings, etag, by, repeatable } = write;
  const guarded = only.kind === "present" || only.kind === "etag";
  const parameters = {
    tenant,
    name,
    description: settings.description ?? null,
    labels: JSON.stringify(settings.labels),
    allowed_namespaces: settings.allowedNamespaces ? JSON.stringify(settings.allowedNamespaces) : null,
    max_revisions: settings.maxRevisions === undefined ? null : `${settings.maxRevisions}`,
    default_ttl: settings.defaultTtl ?? null,
    extra: settings.extra,
    etag,
    by,
    only_etag: only.kind === "etag" ? only.etag : null,
    undeclared_only: `${only.kind === "undeclared"}`,
    ...repeatableParameters(repeatable),
  };
  try {
    const change = guarded ? CHANGE_NAMESPACE : PUT_NAMESPACE;
    const [row] = await answered(() => database.query(change, parameters), repeatable !== undefined);
    if (row) return row[0] === "written" ? { kind: "written", namespace: namespaceOf(row.slice(1)) } : earlierOf(row);
    // A request with the same key that was faster may be why the condition is not met any more.
    const earlier = repeatable && (await answerTo(database, { tenant, name }, repeatable));
    return earlier ?? { kind: "unmet" };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // The answer may have been lost and not the write; by its ETag it is known.
    const present = await find(database, { tenant, name });
    if (present?.etag === etag) return { kind: "written", namespace: present };
    const reason = "The database went away during the change; look whether it happened.";
    throw new Failure({ kind: "unavailable", reason }, { cause: error });
  }
}

async function removeStep(database: Database, removal: NamespaceRemoval): Promise<RemovalStep> {
  const { tenant, name, only, force, by, door, repeatable } = removal;
  const parameters = {
    tenant,
    name,
    only_etag: only.kind === "etag" ? only.etag : null,
    force: `${force}`,
    step_keys: `${STEP_KEYS}`,
    by,
    door,
    ...repeatableParameters(repeatable),
  };
  let sent = 0;
  const [row] = await answered(() => {
    sent++;
    return database.queryBehind(LOCK_NAMESPACE, REMOVE_STEP, parameters);
  });
  // Repeated because the first answer was lost, it may find its own work done.
  if (!row) return { kind: sent > 1 ? "removed" : "absent" };
  const [met, inTheWay, keys, namespaces] = row;
  if (met !== "t") return { kind: "changed" };
  if (Number(inTheWay) > 0) return { kind: "not_empty", keys: Number(inTheWay) };
  if (Number(namespaces) > 0) return { kind: "removed" };
  return { kind: Number(keys) > 0 ? "more" : "overtaken" };
}

async function list(database: Database, query: NamespaceQuery): Promise<NamespacePage> {
  const rows = await answered(() =>
    database.query(query.descending ? LISTS.down : LISTS.up, {
      tenant: query.tenant,
      under: query.under ?? null,
      contains: query.contains ?? null,
      rows_only: `${query.rowsOnly}`,
      limit: `${query.limit}`,
      offset: `${query.offset}`,
    }),
  );
  return {
    total: Number(rows[0]?.[0]),
    namespaces: rows.filter(([, line]) => line !== null).map(lineOf),
  };
}

function lineOf([, line, ...columns]: Row): ListedNamespace {
  if (columns[0] === null) return { kind: "parent", name: line as NamespaceName };
  return { kind: "row", namespace: listedNamespaceOf(columns) };
}
