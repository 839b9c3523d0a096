import { type PlanResourceChange_Request, PlanResourceChange_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { plan } from "./plan.ts";
import { resourceOf } from "./server.ts";
import { configFrom, objectFrom, toAttributePath, toDynamicValue } from "./wire.ts";

export const planResourceChange: Rpc<PlanResourceChange_Request, PlanResourceChange_Response> = {
  handle(server, request) {
    const { schema } = resourceOf(server, request.typeName);
    const proposed = objectFrom(schema, request.proposedNewState);
    const kept = { plannedPrivate: request.priorPrivate };
    if (!proposed)
      return PlanResourceChange_Response.create({ plannedState: toDynamicValue(schema, undefined), ...kept });
    const prior = objectFrom(schema, request.priorState);
    const { planned, replacedBy } = plan(schema, prior, proposed, configFrom(schema, request.config));
    return PlanResourceChange_Response.create({
      plannedState: toDynamicValue(schema, planned),
      requiresReplace: replacedBy.map((attribute) => toAttributePath([{ attribute }])),
      ...kept,
    });
  },
  refuse: (_, wrong) => PlanResourceChange_Response.create({ diagnostics: [wrong] }),
};
