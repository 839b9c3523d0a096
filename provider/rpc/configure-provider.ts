import type { ConfigureProvider_Request, ConfigureProvider_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { configFrom, toDiagnostic } from "./wire.ts";

/** Succeeds with settings that are unknown at plan time: what can be planned without the service is planned. */
export const configureProvider: Rpc<ConfigureProvider_Request, ConfigureProvider_Response> = {
  handle(server, request) {
    const configured = server.provider.configure(configFrom(server.provider.schema, request.config));
    server.configure(configured);
    return { diagnostics: configured.kind === "wrong" ? configured.diagnostics.map(toDiagnostic) : [] };
  },
  refuse: (_, wrong) => ({ diagnostics: [wrong] }),
};
