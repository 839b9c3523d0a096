import { type MoveResourceState_Request, MoveResourceState_Response } from "../gen/tfplugin6.ts";
import { DiagnosticError, error } from "../schema/diagnostic.ts";
import type { Rpc } from "./answer.ts";

export const moveResourceState: Rpc<MoveResourceState_Request, MoveResourceState_Response> = {
  handle(_, { sourceTypeName, targetTypeName }) {
    const detail = `A ${sourceTypeName} cannot become a ${targetTypeName} by a moved block. Remove it from the state with a removed block and import the ${targetTypeName}.`;
    throw new DiagnosticError(error("The resource cannot be moved", detail));
  },
  refuse: (_, wrong) => MoveResourceState_Response.create({ diagnostics: [wrong] }),
};
