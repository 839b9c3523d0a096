import { itemsOf, membersOf } from "../../api/json-members.ts";
import { BATCH_OPERATIONS_MAX, IDEMPOTENCY_KEY_LENGTH_MAX } from "../../api/limits.ts";
import type { Operation } from "../domain/batch.ts";
import type { Place } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import { parseKey } from "../domain/key.ts";
import type { NamespaceName, Tenant } from "../domain/namespace.ts";
import type { Precondition } from "../domain/stores.ts";
import { type Author, NOTHING_SAID } from "../domain/writes.ts";
import { envelopeOf } from "./envelope.ts";
import { objectMembers } from "./json-object.ts";

export interface BatchBody {
  readonly atomic: boolean;
  readonly operations: readonly Operation[];
}

interface Surroundings {
  readonly scope: { readonly tenant: Tenant; readonly namespace: NamespaceName };
  /** Who sends the batch. Its idempotency key, with an operation's number behind it, is that of those that have none. */
  readonly author: Author;
}

type Members = ReadonlyMap<string, Uint8Array>;

const CHANGE_FIELDS = ["op", "key", "ifMatch", "ifNoneMatch", "idempotencyKey"];
const FIELDS = {
  get: ["op", "key", "peek"],
  put: [...CHANGE_FIELDS, "value", "type", "description", "labels", "secret", "ttl", "expiresAt"],
  delete: CHANGE_FIELDS.filter((name) => name !== "ifNoneMatch"),
} as const satisfies Record<Exclude<Operation["op"], "unreadable">, readonly string[]>;

const invalid = (field: string, reason: string) => new Failure({ kind: "invalid", field, reason });

/**
 * Reads the body of a batch. What is wrong with one operation is that operation's failure; what is wrong with the body
 * fails with `malformed` or `invalid`.
 */
export function parseBatch(body: Uint8Array, surroundings: Surroundings): BatchBody {
  const members = objectMembers(body, ["atomic", "operations"]);
  for (const name of members.keys())
    if (name !== "atomic" && name !== "operations")
      throw invalid(name, "There is no such field; there are atomic, operations.");
  const atomic = parsed(members, "atomic") ?? false;
  if (typeof atomic !== "boolean") throw invalid("atomic", "It must be true or false.");
  const list = members.get("operations");
  if (list?.[0] !== OPEN_ARRAY) throw invalid("operations", "It must be an array of operations.");
  const items = itemsOf(list);
  if (items.length > BATCH_OPERATIONS_MAX)
    throw invalid("operations", `A batch has at most ${BATCH_OPERATIONS_MAX} operations, not ${items.length}.`);
  return { atomic, operations: items.map((item, index) => parseOperation(item, index, surroundings)) };
}

const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;

function parseOperation(item: Uint8Array, index: number, surroundings: Surroundings): Operation {
  let key: string | undefined;
  try {
    if (item[0] !== OPEN_OBJECT) throw invalid("operations", "An operation is an object with op and key.");
    const { members, duplicate } = membersOf(item);
    if (duplicate !== undefined) throw invalid(duplicate, "It stands there twice.");
    const name = parsed(members, "key");
    if (typeof name !== "string") throw invalid("key", "An operation names its key as a text.");
    const parsedKey = parseKey(name);
    key = parsedKey;
    return read(members, { ...surroundings.scope, key: parsedKey }, index, surroundings.author);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { op: "unreadable", key, failure: error };
  }
}

function read(members: Members, at: Place, index: number, by: Author): Operation {
  const op = parsed(members, "op");
  if (op !== "get" && op !== "put" && op !== "delete") throw invalid("op", "It must be get, put or delete.");
  const fields: readonly string[] = FIELDS[op];
  for (const name of members.keys())
    if (!fields.includes(name)) throw invalid(name, `There is no such field; a ${op} has ${fields.join(", ")}.`);
  if (op === "get") {
    const peek = parsed(members, "peek") ?? false;
    if (typeof peek !== "boolean") throw invalid("peek", "It must be true or false.");
    return { op, at, peek };
  }
  const author = { ...by, idempotencyKey: idempotencyKeyOf(members, index, by) };
  const only = preconditionIn(members);
  if (op === "delete") return { op, request: { at, only, said: NOTHING_SAID, author } };
  const { value, type, said } = envelopeOf(members, true);
  if (!value) throw invalid("value", "A put needs a value; JSON's null is one.");
  const body = { bytes: value, size: value.length, reading: { type, unescapedQuotes: false } };
  return { op, request: { at, only, said, author }, body };
}

/** As the headers of the same names say it; an ETag with its quotes or, as an entry has it, without. */
function preconditionIn(members: Members): Precondition {
  const [ifMatch, ifNoneMatch] = [parsed(members, "ifMatch"), parsed(members, "ifNoneMatch")];
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*")
    throw invalid("ifNoneMatch", "For a write it is '*': only if the key does not exist.");
  if (ifMatch === undefined) return { kind: ifNoneMatch === undefined ? "always" : "absent" };
  if (typeof ifMatch !== "string" || ifMatch === "") throw invalid("ifMatch", "It is '*' or one ETag.");
  if (ifNoneMatch !== undefined)
    throw invalid("ifMatch", "It cannot be met together with a condition that the key does not exist.");
  return ifMatch === "*" ? { kind: "present" } : { kind: "etag", etag: ifMatch.replace(/^"(.*)"$/s, "$1") };
}

function idempotencyKeyOf(members: Members, index: number, by: Author): string | undefined {
  const own = parsed(members, "idempotencyKey");
  if (own === undefined) return by.idempotencyKey === undefined ? undefined : `${by.idempotencyKey}#${index}`;
  if (typeof own !== "string" || own === "" || own.length > IDEMPOTENCY_KEY_LENGTH_MAX || !/^[\x20-\x7e]+$/.test(own))
    throw invalid("idempotencyKey", `It has 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} characters of ASCII.`);
  return own;
}

function parsed(members: Members, name: string): unknown {
  const bytes = members.get(name);
  return bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString());
}
