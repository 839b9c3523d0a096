import { type ImportResourceState_Request, ImportResourceState_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { toPrivate } from "./notes.ts";
import { resourceOf } from "./server.ts";
import { toDynamicValue } from "./wire.ts";

export const importResourceState: Rpc<ImportResourceState_Request, ImportResourceState_Response> = {
  async handle(server, { typeName, id }) {
    const resource = resourceOf(server, typeName);
    const imported = await resource.import(id, server.session());
    const state = toDynamicValue(resource.schema, imported);
    const notes = toPrivate(resource.notesOfImport?.(imported) ?? {});
    return ImportResourceState_Response.create({ importedResources: [{ typeName, state, private: notes }] });
  },
  refuse: (_, wrong) => ImportResourceState_Response.create({ diagnostics: [wrong] }),
};
