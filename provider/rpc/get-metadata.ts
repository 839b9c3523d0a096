import { type GetMetadata_Request, GetMetadata_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { CAPABILITIES } from "./capabilities.ts";

export const getMetadata: Rpc<GetMetadata_Request, GetMetadata_Response> = {
  handle: ({ provider }) =>
    GetMetadata_Response.create({
      serverCapabilities: CAPABILITIES,
      resources: Object.keys(provider.resources).map((typeName) => ({ typeName })),
      dataSources: Object.keys(provider.dataSources).map((typeName) => ({ typeName })),
      ephemeralResources: Object.keys(provider.ephemeralResources).map((typeName) => ({ typeName })),
      listResources: Object.keys(provider.listResources).map((typeName) => ({ typeName })),
      functions: Object.keys(provider.functions).map((name) => ({ name })),
    }),
  refuse: (_, wrong) => GetMetadata_Response.create({ diagnostics: [wrong] }),
};
