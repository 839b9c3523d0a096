import type { ObjectValue } from "../cty/value.ts";
import { type ApplyResourceChange_Request, ApplyResourceChange_Response } from "../gen/tfplugin6.ts";
import type { Outcome, Resource, Session } from "../schema/provider.ts";
import type { Rpc } from "./answer.ts";
import { asPlanned } from "./plan.ts";
import { resourceOf } from "./server.ts";
import { objectFrom, toDiagnostic, toDynamicValue } from "./wire.ts";

export const applyResourceChange: Rpc<ApplyResourceChange_Request, ApplyResourceChange_Response> = {
  async handle(server, request) {
    const resource = resourceOf(server, request.typeName);
    const prior = objectFrom(resource.schema, request.priorState);
    const planned = objectFrom(resource.schema, request.plannedState);
    const outcome = await apply(resource, prior, planned, server.session());
    return ApplyResourceChange_Response.create({
      newState: toDynamicValue(resource.schema, planned && outcome.state && asPlanned(planned, outcome.state)),
      private: request.plannedPrivate,
      diagnostics: (outcome.diagnostics ?? []).map(toDiagnostic),
    });
  },
  // What was there before is there still: nothing for a create, the prior state for an update or a delete.
  refuse: (request, wrong) =>
    ApplyResourceChange_Response.create({
      ...(request.priorState && { newState: request.priorState }),
      private: request.plannedPrivate,
      diagnostics: [wrong],
    }),
};

async function apply(
  resource: Resource<unknown>,
  prior: ObjectValue | undefined,
  planned: ObjectValue | undefined,
  session: Session<unknown>,
): Promise<Outcome> {
  if (planned) return prior ? resource.update(prior, planned, session) : resource.create(planned, session);
  if (prior) await resource.delete(prior, session);
  return { state: undefined };
}
