import {
  type GetProviderSchema_Request,
  GetProviderSchema_Response,
  type Schema as WireSchema,
} from "../gen/tfplugin6.ts";
import type { Schema } from "../schema/schema.ts";
import type { Rpc } from "./answer.ts";
import { CAPABILITIES } from "./capabilities.ts";
import { toFunctions } from "./functions.ts";
import { toSchema } from "./wire-schema.ts";

export const getProviderSchema: Rpc<GetProviderSchema_Request, GetProviderSchema_Response> = {
  handle: ({ provider }) =>
    GetProviderSchema_Response.create({
      provider: toSchema(provider.schema),
      resourceSchemas: schemasOf(provider.resources),
      dataSourceSchemas: schemasOf(provider.dataSources),
      ephemeralResourceSchemas: schemasOf(provider.ephemeralResources),
      listResourceSchemas: schemasOf(provider.listResources),
      functions: toFunctions(provider.functions),
      serverCapabilities: CAPABILITIES,
    }),
  refuse: (_, wrong) => GetProviderSchema_Response.create({ diagnostics: [wrong] }),
};

function schemasOf(types: Readonly<Record<string, { readonly schema: Schema }>>): Record<string, WireSchema> {
  return Object.fromEntries(Object.entries(types).map(([name, { schema }]) => [name, toSchema(schema)]));
}
