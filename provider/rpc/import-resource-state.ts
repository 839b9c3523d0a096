import { type ImportResourceState_Request, ImportResourceState_Response } from "../gen/tfplugin6.ts";
import type { Resource } from "../schema/provider.ts";
import type { Rpc } from "./answer.ts";
import { identityFrom, identityIn } from "./identity.ts";
import { toPrivate } from "./notes.ts";
import { resourceOf } from "./server.ts";
import { toDynamicValue } from "./wire.ts";

/** By an ID, or from Terraform 1.12 on by an identity, which then stands in its place. */
export const importResourceState: Rpc<ImportResourceState_Request, ImportResourceState_Response> = {
  async handle(server, request) {
    const { typeName } = request;
    const resource = resourceOf(server, typeName);
    const imported = await resource.import(idOf(resource, request), server.session());
    const state = toDynamicValue(resource.schema, imported);
    const notes = toPrivate(resource.notesOfImport?.(imported) ?? {});
    const identity = identityIn(resource, imported);
    return ImportResourceState_Response.create({ importedResources: [{ typeName, state, private: notes, identity }] });
  },
  refuse: (_, wrong) => ImportResourceState_Response.create({ diagnostics: [wrong] }),
};

function idOf(resource: Resource<unknown>, { id, identity: sent }: ImportResourceState_Request): string {
  if (!resource.identity) return id;
  const identity = identityFrom(resource, resource.identity, sent);
  return identity ? resource.identity.idOf(identity) : id;
}
