import { type ReadResource_Request, ReadResource_Response } from "../gen/tfplugin6.ts";
import { warning } from "../schema/diagnostic.ts";
import type { Rpc } from "./answer.ts";
import { identityIn } from "./identity.ts";
import { notesFrom, toPrivate } from "./notes.ts";
import { inPriorSpelling } from "./plan.ts";
import { resourceOf } from "./server.ts";
import { objectFrom, toDiagnostic, toStoredValue } from "./wire.ts";

export const readResource: Rpc<ReadResource_Request, ReadResource_Response> = {
  async handle(server, request) {
    const resource = resourceOf(server, request.typeName);
    const state = objectFrom(resource.schema, request.currentState);
    const configured = server.configured();
    if (!state || configured?.kind === "unknown")
      return unchanged(request, configured?.kind === "unknown" ? [toDiagnostic(notRead(configured.setting))] : []);
    const outcome = await resource.read(state, server.session(), notesFrom(request.private));
    const found = outcome.state && inPriorSpelling(resource.schema, state, outcome.state);
    return ReadResource_Response.create({
      newState: toStoredValue(resource.schema, found),
      newIdentity: identityIn(resource, found),
      private: outcome.notes ? toPrivate(outcome.notes) : request.private,
      diagnostics: (outcome.diagnostics ?? []).map(toDiagnostic),
    });
  },
  refuse: (request, wrong) => unchanged(request, [wrong]),
};

const unchanged = (request: ReadResource_Request, diagnostics: ReadResource_Response["diagnostics"]) =>
  ReadResource_Response.create({
    ...(request.currentState && { newState: request.currentState }),
    ...(request.currentIdentity && { newIdentity: request.currentIdentity }),
    private: request.private,
    diagnostics,
  });

const notRead = (setting: string) =>
  warning(
    "The state was not refreshed",
    `The provider's setting "${setting}" is not known before apply, so the plan relies on the state as it is.`,
    [],
  );
