import type { ValidateResourceConfig_Request, ValidateResourceConfig_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { resourceOf } from "./server.ts";
import { configFrom, toDiagnostic } from "./wire.ts";

export const validateResourceConfig: Rpc<ValidateResourceConfig_Request, ValidateResourceConfig_Response> = {
  handle(server, request) {
    const resource = resourceOf(server, request.typeName);
    return { diagnostics: resource.validate(configFrom(resource.schema, request.config)).map(toDiagnostic) };
  },
  refuse: (_, wrong) => ({ diagnostics: [wrong] }),
};
