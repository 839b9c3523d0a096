import { type MoveResourceState_Request, MoveResourceState_Response } from "../gen/tfplugin6.ts";
import { type Diagnostic, DiagnosticError, error } from "../schema/diagnostic.ts";
import type { Resource } from "../schema/provider.ts";
import type { Rpc } from "./answer.ts";
import { identityIn } from "./identity.ts";
import { resourceOf } from "./server.ts";
import { storedIn } from "./upgrade.ts";
import { toDynamicValue } from "./wire.ts";

/** Asks no service: Terraform moves before it configures a provider. */
export const moveResourceState: Rpc<MoveResourceState_Request, MoveResourceState_Response> = {
  handle(server, request) {
    const resource = resourceOf(server, request.targetTypeName);
    const move = resource.moves?.find(
      ({ provider, type }) => type === request.sourceTypeName && isProvider(provider, request.sourceProviderAddress),
    );
    if (!move || !request.sourceState) throw new DiagnosticError(noMove(resource, request));
    if (move.version !== request.sourceSchemaVersion) throw new DiagnosticError(otherVersion(request, move.version));
    const state = move.stateFrom(storedIn(request.sourceState.json));
    return MoveResourceState_Response.create({
      targetState: toDynamicValue(resource.schema, state),
      targetIdentity: identityIn(resource, state),
    });
  },
  refuse: (_, wrong) => MoveResourceState_Response.create({ diagnostics: [wrong] }),
};

/** An address is `host/namespace/type`. */
const isProvider = (provider: string, address: string): boolean => address.slice(address.indexOf("/") + 1) === provider;

function noMove(
  { moves = [] }: Resource<unknown>,
  { sourceProviderAddress, sourceTypeName, targetTypeName }: MoveResourceState_Request,
): Diagnostic {
  const sources = moves.map(({ provider, type }) => `${type} of ${provider}`);
  const known = sources.length === 0 ? "No resource of another type can." : `Only these can: ${sources.join(", ")}.`;
  return refusal(
    `A ${sourceTypeName} of ${sourceProviderAddress} cannot become a ${targetTypeName} by a moved block. ${known}`,
    targetTypeName,
  );
}

const otherVersion = (
  { sourceTypeName, sourceSchemaVersion, targetTypeName }: MoveResourceState_Request,
  known: number,
): Diagnostic =>
  refusal(
    `The state of the ${sourceTypeName} has version ${sourceSchemaVersion} of its schema, and this provider knows version ${known}.`,
    targetTypeName,
  );

const refusal = (why: string, target: string): Diagnostic =>
  error(
    "The resource cannot be moved",
    `${why} In the place of the moved block write a removed block with "destroy = false" for the old resource, and an import block for the ${target}.`,
  );
