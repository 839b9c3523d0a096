import { type ImportResourceState_Request, ImportResourceState_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { resourceOf } from "./server.ts";
import { toDynamicValue } from "./wire.ts";

export const importResourceState: Rpc<ImportResourceState_Request, ImportResourceState_Response> = {
  async handle(server, { typeName, id }) {
    const resource = resourceOf(server, typeName);
    const state = toDynamicValue(resource.schema, await resource.import(id, server.session()));
    return ImportResourceState_Response.create({ importedResources: [{ typeName, state }] });
  },
  refuse: (_, wrong) => ImportResourceState_Response.create({ diagnostics: [wrong] }),
};
