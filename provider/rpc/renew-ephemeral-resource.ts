import { type RenewEphemeralResource_Request, RenewEphemeralResource_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";

/** Terraform calls it only at a time that an open named; what has no end stays as it is. */
export const renewEphemeralResource: Rpc<RenewEphemeralResource_Request, RenewEphemeralResource_Response> = {
  handle: () => RenewEphemeralResource_Response.create(),
  refuse: (_, wrong) => RenewEphemeralResource_Response.create({ diagnostics: [wrong] }),
};
