import type {
  ValidateEphemeralResourceConfig_Request,
  ValidateEphemeralResourceConfig_Response,
} from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { ephemeralOf } from "./server.ts";
import { configFrom, toDiagnostic } from "./wire.ts";

export const validateEphemeralResourceConfig: Rpc<
  ValidateEphemeralResourceConfig_Request,
  ValidateEphemeralResourceConfig_Response
> = {
  handle(server, request) {
    const ephemeral = ephemeralOf(server, request.typeName);
    return { diagnostics: ephemeral.validate(configFrom(ephemeral.schema, request.config)).map(toDiagnostic) };
  },
  refuse: (_, wrong) => ({ diagnostics: [wrong] }),
};
