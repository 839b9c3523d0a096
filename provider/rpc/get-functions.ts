import { type GetFunctions_Request, GetFunctions_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";

export const getFunctions: Rpc<GetFunctions_Request, GetFunctions_Response> = {
  handle: () => GetFunctions_Response.create(),
  refuse: (_, wrong) => GetFunctions_Response.create({ diagnostics: [wrong] }),
};
