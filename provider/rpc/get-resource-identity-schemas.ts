import { type GetResourceIdentitySchemas_Request, GetResourceIdentitySchemas_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { toIdentitySchema } from "./identity.ts";

export const getResourceIdentitySchemas: Rpc<GetResourceIdentitySchemas_Request, GetResourceIdentitySchemas_Response> =
  {
    handle: ({ provider }) => {
      const schemas = Object.entries(provider.resources).flatMap(([name, resource]) =>
        resource.identity ? [[name, toIdentitySchema(resource, resource.identity)] as const] : [],
      );
      return GetResourceIdentitySchemas_Response.create({ identitySchemas: Object.fromEntries(schemas) });
    },
    refuse: (_, wrong) => GetResourceIdentitySchemas_Response.create({ diagnostics: [wrong] }),
  };
