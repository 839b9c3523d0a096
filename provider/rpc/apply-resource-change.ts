import type { ObjectValue } from "../cty/value.ts";
import { type ApplyResourceChange_Request, ApplyResourceChange_Response } from "../gen/tfplugin6.ts";
import { isError } from "../schema/diagnostic.ts";
import type { Notes, Outcome, Resource, Session } from "../schema/provider.ts";
import type { Rpc } from "./answer.ts";
import { identityIn } from "./identity.ts";
import { notesFrom, toPrivate } from "./notes.ts";
import { asPlanned } from "./plan.ts";
import { resourceOf } from "./server.ts";
import { configFrom, objectFrom, toDiagnostic, toDynamicValue } from "./wire.ts";

export const applyResourceChange: Rpc<ApplyResourceChange_Request, ApplyResourceChange_Response> = {
  async handle(server, request) {
    const resource = resourceOf(server, request.typeName);
    const change = changeFrom(resource, request);
    const outcome = await apply(resource, change, notesFrom(request.plannedPrivate), server.session());
    const made = stateAfter(change, outcome);
    return ApplyResourceChange_Response.create({
      newState: toDynamicValue(resource.schema, made),
      newIdentity: identityIn(resource, made),
      private: outcome.notes ? toPrivate(outcome.notes) : request.plannedPrivate,
      diagnostics: (outcome.diagnostics ?? []).map(toDiagnostic),
    });
  },
  // What was there before is there still: nothing for a create, the prior state for an update or a delete.
  refuse: (request, wrong) =>
    ApplyResourceChange_Response.create({
      ...(request.priorState && { newState: request.priorState }),
      ...(request.plannedIdentity && { newIdentity: request.plannedIdentity }),
      private: request.plannedPrivate,
      diagnostics: [wrong],
    }),
};

/** All of the plan, in its own spelling; but where something went wrong, what was done of it. */
function stateAfter(change: Change, { state, diagnostics = [] }: Outcome): ObjectValue | undefined {
  if (change.kind === "delete" || !state) return undefined;
  return diagnostics.some(isError) ? state : asPlanned(change.planned, state);
}

type Change =
  | { readonly kind: "create"; readonly planned: ObjectValue; readonly config: ObjectValue }
  | {
      readonly kind: "update";
      readonly prior: ObjectValue;
      readonly planned: ObjectValue;
      readonly config: ObjectValue;
    }
  | { readonly kind: "delete"; readonly prior: ObjectValue | undefined };

function changeFrom({ schema }: Resource<unknown>, request: ApplyResourceChange_Request): Change {
  const prior = objectFrom(schema, request.priorState);
  const planned = objectFrom(schema, request.plannedState);
  if (!planned) return { kind: "delete", prior };
  const config = configFrom(schema, request.config);
  return prior ? { kind: "update", prior, planned, config } : { kind: "create", planned, config };
}

async function apply(
  resource: Resource<unknown>,
  change: Change,
  notes: Notes,
  session: Session<unknown>,
): Promise<Outcome> {
  if (change.kind === "create") return resource.create(change.planned, session, { config: change.config, notes });
  if (change.kind === "update")
    return resource.update(change.prior, change.planned, session, { config: change.config, notes });
  if (change.prior) await resource.delete(change.prior, session, notes);
  return { state: undefined };
}
