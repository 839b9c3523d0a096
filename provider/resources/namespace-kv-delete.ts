import { randomUUID } from "node:crypto";
import type { ObjectValue } from "../cty/value.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import type { Notes, Session } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";
import { etagOf, maybeTextAt, placeOf } from "./entry-state.ts";
import { notesOf } from "./namespace-kv-notes.ts";
import { changedBeforeDelete } from "./namespace-kv-refusals.ts";
import { changesSince, standing } from "./namespace-kv-standing.ts";
import { isProblem } from "./refusals.ts";

/** Deletes the revision that the plan was made on, or forgets the key, as its policy has it. */
export async function deleteKv(prior: ObjectValue, session: Session<Store>, noted: Notes): Promise<void> {
  const [at, notes] = [placeOf(prior), notesOf(noted)];
  const policy = maybeTextAt(prior, "deletion_policy") ?? (notes.metadataOnly ? "abandon" : "delete");
  if (policy === "abandon") return;
  try {
    await session.client.deleteKey(at, etagOf(prior), randomUUID(), session.writeSignal);
  } catch (failure) {
    if (!isProblem(failure, "stale")) throw failure;
    const now = await standing(at, prior, session);
    // What is gone already, whoever deleted it, is deleted.
    if (now.kind === "changed")
      throw new DiagnosticError(changedBeforeDelete(at, now.entry, changesSince(prior, now.entry, notes)));
  }
}
