import { randomUUID } from "node:crypto";
import type { EntryFields, KeyPlace } from "../../api/client.ts";
import { ProblemError } from "../../api/failures.ts";
import { attribute, type ObjectValue } from "../cty/value.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import type { Outcome, Said, Session } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";
import { type Entry, isTrue } from "./entry-attributes.ts";
import { madeState, placeOf } from "./entry-state.ts";
import { adopt, manage, OVERTAKEN_MAX } from "./namespace-kv-adopt.ts";
import { saidFields } from "./namespace-kv-fields.ts";
import { notesAfter } from "./namespace-kv-notes.ts";
import { aboutAttribute } from "./namespace-kv-refusals.ts";
import { sourceIn } from "./namespace-kv-source.ts";
import { existsAlready, idOf, isProblem, ofCreate } from "./refusals.ts";

/** Creates a key; takes one over that exists, where that is said; without a value manages one that exists. */
export async function createKv(planned: ObjectValue, session: Session<Store>, { config }: Said): Promise<Outcome> {
  const [at, fields] = [placeOf(planned), saidFields(planned, config)];
  const adopts = isTrue(attribute(planned, "adopt_existing"));
  const entry = await (isWhole(fields)
    ? createOrAdopt(at, fields, adopts, session)
    : manage(at, fields, session)
  ).catch((failure: unknown) => {
    throw aboutAttribute(failure, sourceIn(config));
  });
  return { state: madeState(entry, planned), notes: notesAfter(config, entry) };
}

type Whole = EntryFields & { readonly value: string };
const isWhole = (fields: EntryFields): fields is Whole => fields.value !== undefined;

async function createOrAdopt(at: KeyPlace, fields: Whole, adopts: boolean, session: Session<Store>): Promise<Entry> {
  for (let tries = 1; ; tries++) {
    try {
      return await createNew(at, fields, session);
    } catch (failure) {
      if (!(failure instanceof ProblemError) || !isProblem(failure, "already-exists")) throw failure;
      if (!adopts || tries === OVERTAKEN_MAX) throw new DiagnosticError(existsAlready(at, failure.problem.current));
    }
    const adopted = await adopt(at, fields, session);
    if (adopted) return adopted;
  }
}

/** Fails with the problem `already-exists` when a live key is there. */
export function createNew(at: KeyPlace, fields: Whole, { client, writeSignal }: Session<Store>): Promise<Entry> {
  return client.createKey(at, fields, randomUUID(), writeSignal).catch((failure: unknown) => {
    throw ofCreate(idOf(at), failure, writeSignal);
  });
}
