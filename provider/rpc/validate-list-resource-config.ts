import type { ValidateListResourceConfig_Request, ValidateListResourceConfig_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { listResourceOf } from "./server.ts";
import { listConfigFrom, toDiagnostic } from "./wire.ts";

export const validateListResourceConfig: Rpc<ValidateListResourceConfig_Request, ValidateListResourceConfig_Response> =
  {
    handle(server, request) {
      const listed = listResourceOf(server, request.typeName);
      return { diagnostics: listed.validate(listConfigFrom(listed.schema, request.config)).map(toDiagnostic) };
    },
    refuse: (_, wrong) => ({ diagnostics: [wrong] }),
  };
