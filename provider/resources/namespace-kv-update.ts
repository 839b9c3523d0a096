import { randomUUID } from "node:crypto";
import type { EntryFields } from "../../api/client.ts";
import { attribute, type ObjectValue } from "../cty/value.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import type { Outcome, Said, Session } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";
import { type Entry, isTrue } from "./entry-attributes.ts";
import { etagOf, madeState, placeOf, textAt } from "./entry-state.ts";
import { OVERTAKEN_MAX } from "./namespace-kv-adopt.ts";
import { createNew } from "./namespace-kv-create.ts";
import { changedFields, saidFields } from "./namespace-kv-fields.ts";
import { type KvNotes, notesAfter, notesOf } from "./namespace-kv-notes.ts";
import { sourceIn } from "./namespace-kv-source.ts";
import { changesSince, standing } from "./namespace-kv-standing.ts";
import { aboutAttribute, changedOutside, deletedOutside, explained, isProblem, nothingToManage } from "./refusals.ts";

/** An update as the plan has it: of the revision that the plan was made on, and of no other. */
interface Update {
  readonly prior: ObjectValue;
  readonly planned: ObjectValue;
  readonly config: ObjectValue;
  readonly notes: KvNotes;
  readonly fields: EntryFields;
}

export async function updateKv(
  prior: ObjectValue,
  planned: ObjectValue,
  session: Session<Store>,
  { config, notes: noted }: Said,
): Promise<Outcome> {
  const notes = notesOf(noted);
  const fields = changedFields(prior, planned, config, notes);
  if (Object.keys(fields).length === 0) return { state: prior };
  const update = { prior, planned, config, notes, fields };
  const isOver = isTrue(attribute(prior, "expired"));
  const entry = await (isOver ? recreate(update, session) : change(update, session)).catch((failure: unknown) => {
    throw aboutAttribute(failure, sourceIn(config));
  });
  const kept = fields.value === undefined ? notes.written : undefined;
  return { state: madeState(entry, planned), notes: notesAfter(config, entry, kept) };
}

async function change(update: Update, session: Session<Store>): Promise<Entry> {
  const { client, writeSignal } = session;
  const at = placeOf(update.prior);
  for (let [tries, etag] = [1, etagOf(update.prior)]; ; tries++) {
    try {
      return await client.patchKey(at, update.fields, etag, randomUUID(), writeSignal);
    } catch (failure) {
      if (!isProblem(failure, "stale", "not-found")) throw failure;
    }
    const now = await standing(at, update.prior, session);
    if (now.kind === "expired") return recreate(update, session);
    if (now.kind === "deleted") throw new DiagnosticError(deletedOutside(at, now.last));
    const changes = changesSince(update.prior, now.entry, update.notes);
    // Writers of the value are no rivals of whoever manages the metadata alone.
    const isRival = !update.notes.metadataOnly || changes.length > 0 || tries === OVERTAKEN_MAX;
    if (isRival) throw new DiagnosticError(changedOutside(at, now.entry, changes));
    etag = now.entry.etag;
  }
}

/** Its time was over before the update came, and nobody has touched it: what was planned is made anew. */
async function recreate({ prior, planned, config }: Update, session: Session<Store>): Promise<Entry> {
  const at = placeOf(prior);
  const { value, ...fields } = saidFields(planned, config);
  if (value === undefined) throw new DiagnosticError(nothingToManage(at, textAt(prior, "expires_at")));
  return createNew(at, { ...fields, value }, session).catch((failure: unknown) => {
    throw explained(failure, { "already-exists": ({ current }) => changedOutside(at, current, []) });
  });
}
