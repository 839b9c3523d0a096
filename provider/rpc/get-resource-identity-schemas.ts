import { type GetResourceIdentitySchemas_Request, GetResourceIdentitySchemas_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";

export const getResourceIdentitySchemas: Rpc<GetResourceIdentitySchemas_Request, GetResourceIdentitySchemas_Response> =
  {
    handle: () => GetResourceIdentitySchemas_Response.create(),
    refuse: (_, wrong) => GetResourceIdentitySchemas_Response.create({ diagnostics: [wrong] }),
  };
