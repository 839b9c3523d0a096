import { type CloseEphemeralResource_Request, CloseEphemeralResource_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";

/** Terraform closes all that it opened; nothing was held. */
export const closeEphemeralResource: Rpc<CloseEphemeralResource_Request, CloseEphemeralResource_Response> = {
  handle: () => CloseEphemeralResource_Response.create(),
  refuse: (_, wrong) => CloseEphemeralResource_Response.create({ diagnostics: [wrong] }),
};
