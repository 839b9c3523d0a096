import type { ValidateResourceConfig_Request, ValidateResourceConfig_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { resourceOf } from "./server.ts";
import { configFrom, toDiagnostic } from "./wire.ts";
import { writeOnlyFaults } from "./write-only.ts";

export const validateResourceConfig: Rpc<ValidateResourceConfig_Request, ValidateResourceConfig_Response> = {
  handle(server, request) {
    const resource = resourceOf(server, request.typeName);
    const config = configFrom(resource.schema, request.config);
    const keepsSecrets = request.clientCapabilities?.writeOnlyAttributesAllowed === true;
    const leaks = keepsSecrets ? [] : writeOnlyFaults(resource.schema, config);
    return { diagnostics: [...leaks, ...resource.validate(config)].map(toDiagnostic) };
  },
  refuse: (_, wrong) => ({ diagnostics: [wrong] }),
};
