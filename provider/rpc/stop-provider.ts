import type { StopProvider_Request, StopProvider_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";

/** Terraform was interrupted. The calls under way end by themselves, with their own diagnostics. */
export const stopProvider: Rpc<StopProvider_Request, StopProvider_Response> = {
  handle(server) {
    server.stop();
    return { Error: "" };
  },
  refuse: (_, wrong) => ({ Error: wrong.summary }),
};
