import { type PlanResourceChange_Request, PlanResourceChange_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { identityIn } from "./identity.ts";
import { notesFrom } from "./notes.ts";
import { plan } from "./plan.ts";
import { resourceOf } from "./server.ts";
import { configFrom, objectFrom, toAttributePath, toDiagnostic, toDynamicValue } from "./wire.ts";

export const planResourceChange: Rpc<PlanResourceChange_Request, PlanResourceChange_Response> = {
  handle(server, request) {
    const resource = resourceOf(server, request.typeName);
    const { schema } = resource;
    const proposed = objectFrom(schema, request.proposedNewState);
    const kept = { plannedPrivate: request.priorPrivate };
    if (!proposed)
      return PlanResourceChange_Response.create({ plannedState: toDynamicValue(schema, undefined), ...kept });
    const prior = objectFrom(schema, request.priorState);
    const config = configFrom(schema, request.config);
    const notes = notesFrom(request.priorPrivate);
    const due = (prior && resource.due?.(prior, notes, config)) ?? [];
    const { planned, replacedBy } = plan(schema, prior, proposed, config, due);
    const refined = resource.refine?.({ prior, planned, config, notes });
    const final = refined?.planned ?? planned;
    return PlanResourceChange_Response.create({
      plannedState: toDynamicValue(schema, final),
      plannedIdentity: identityIn(resource, final),
      requiresReplace: replacedBy.map((attribute) => toAttributePath([{ attribute }])),
      diagnostics: (refined?.diagnostics ?? []).map(toDiagnostic),
      ...kept,
    });
  },
  refuse: (_, wrong) => PlanResourceChange_Response.create({ diagnostics: [wrong] }),
};
