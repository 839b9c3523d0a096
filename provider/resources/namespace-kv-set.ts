import { listPage } from "../../api/list.ts";
import { bool, list, nullOf, obj, str } from "../cty/make.ts";
import { DYNAMIC, listType, mapType, STRING } from "../cty/type.ts";
import { attribute, isKnown, type ObjectValue } from "../cty/value.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import type { Outcome, Resource, Session } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";
import { isTrue } from "./entry-attributes.ts";
import { maybeTextAt } from "./entry-state.ts";
import { SET_IDENTITY } from "./identities.ts";
import { NAMESPACE_KV_SET, setIdOf } from "./namespace-kv-set-schema.ts";
import { differenceOf, removalOf } from "./set-comparison.ts";
import { sortOut } from "./set-found.ts";
import { scopeOfId } from "./set-import.ts";
import { membersOf } from "./set-members.ts";
import { fromNotes, notedOf, type SetNotes, toNotes } from "./set-notes.ts";
import { diagnosticsOf, notesAfter, stateDone, stateLeft, strangersLeft } from "./set-outcome.ts";
import { refineSet } from "./set-plan.ts";
import { listScope, readSet } from "./set-read.ts";
import {
  inOne,
  NOTHING_DELETED,
  NOTHING_WRITTEN,
  nothingCreated,
  nothingInSet,
  partlyWritten,
  SOME_DELETED,
  strangersFound,
} from "./set-refusals.ts";
import { scopeOf } from "./set-scope.ts";
import { sendWrites } from "./set-send.ts";
import { validateNamespaceKvSet } from "./validate-namespace-kv-set.ts";

/** Many keys of one namespace, whose values, types and TTLs Terraform owns. */
export const namespaceKvSet: Resource<Store> = {
  schema: NAMESPACE_KV_SET,
  identity: SET_IDENTITY,
  validate: validateNamespaceKvSet,
  refine: refineSet,
  read: readSet,

  async create(planned, session) {
    return settle(undefined, planned, await withListed(NO_NOTES, planned, session), session);
  },

  async update(prior, planned, session, said) {
    const notes = fromNotes(said.notes);
    const adopts =
      isTrue(attribute(planned, "adopt_existing")) &&
      [...membersOf(planned).keys()].some((key) => !notes.keys.has(key));
    const needsList = adopts || !isKnown(attribute(planned, "unmanaged_keys"));
    return settle(prior, planned, needsList ? await withListed(notes, planned, session) : notes, session);
  },

  async delete(prior, session, notes) {
    if (maybeTextAt(prior, "deletion_policy") === "abandon") return;
    const { namespace } = scopeOf(prior);
    const sent = await sendWrites(namespace, removalOf(prior, fromNotes(notes)), session);
    if (!sent.failed) return;
    const remedy = sent.done.size > 0 ? SOME_DELETED : NOTHING_DELETED;
    throw new DiagnosticError(inOne(diagnosticsOf(namespace, sent.failed, remedy)));
  },

  async import(id, { client, signal }) {
    const { namespace, prefix } = scopeOfId(id);
    const { entries } = await listPage(client.api, namespace, { prefix }, { limit: 1 }, signal);
    if (entries.length === 0) throw new DiagnosticError(nothingInSet(id));
    return obj({
      namespace: str(namespace),
      prefix: prefix === "" ? nullOf(STRING) : str(prefix),
      types: nullOf(mapType(STRING)),
      values: nullOf(DYNAMIC), // the read that follows at once takes what is there
      ttl: nullOf(STRING),
      authoritative: bool(false),
      ignore_keys: nullOf(listType(STRING)),
      adopt_existing: bool(false),
      deletion_policy: str("delete"),
      id: str(setIdOf(namespace, prefix)),
      unmanaged_keys: list(STRING, []),
    });
  },
};

const NO_NOTES: SetNotes = { keys: new Map(), strangers: new Map() };

/** The notes with what a list tells besides: keys to be taken over, and keys of others. What was noted stays as it was when
 *  the plan was made. */
async function withListed(notes: SetNotes, planned: ObjectValue, session: Session<Store>): Promise<SetNotes> {
  const { managed, strangers } = sortOut(planned, await listScope(session, scopeOf(planned)));
  const adopted = isTrue(attribute(planned, "adopt_existing")) ? managed : [];
  return {
    keys: new Map([...adopted.map((entry) => [entry.key, notedOf(entry)] as const), ...notes.keys]),
    strangers: new Map(strangers.map(({ key, etag }) => [key, notes.strangers.get(key) ?? etag])),
  };
}

/** Writes what differs, and tells what came of it. */
async function settle(
  prior: ObjectValue | undefined,
  planned: ObjectValue,
  notes: SetNotes,
  session: Session<Store>,
): Promise<Outcome> {
  const { namespace, prefix } = scopeOf(planned);
  const writes = differenceOf(prior, planned, notes);
  const sent = await sendWrites(namespace, writes, session);
  const after = notesAfter(notes, sent);
  const { done, failed } = sent;
  if (!failed) {
    const unannounced = isTrue(attribute(planned, "authoritative")) ? [...after.strangers.keys()] : [];
    const diagnostics = unannounced.length > 0 ? [strangersFound(unannounced)] : [];
    return { state: stateDone(planned, after), notes: toNotes(after), diagnostics };
  }
  if (done.size === 0) {
    const remedy = prior ? NOTHING_WRITTEN : nothingCreated(setIdOf(namespace, prefix));
    return { state: prior, diagnostics: diagnosticsOf(namespace, failed, remedy) };
  }
  const left = writes.filter(({ key }) => !done.has(key));
  return {
    state: stateLeft(prior, planned, left, strangersLeft(prior, sent)),
    notes: toNotes(after),
    diagnostics: [...diagnosticsOf(namespace, failed, ""), partlyWritten(done.size, left.length, prior === undefined)],
  };
}
