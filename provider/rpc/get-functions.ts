import { type GetFunctions_Request, GetFunctions_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { toFunctions } from "./functions.ts";

export const getFunctions: Rpc<GetFunctions_Request, GetFunctions_Response> = {
  handle: ({ provider }) => GetFunctions_Response.create({ functions: toFunctions(provider.functions) }),
  refuse: (_, wrong) => GetFunctions_Response.create({ diagnostics: [wrong] }),
};
