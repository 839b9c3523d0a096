import type { ValidateDataResourceConfig_Request, ValidateDataResourceConfig_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { dataSourceOf } from "./server.ts";
import { configFrom, toDiagnostic } from "./wire.ts";

export const validateDataResourceConfig: Rpc<ValidateDataResourceConfig_Request, ValidateDataResourceConfig_Response> =
  {
    handle(server, request) {
      const dataSource = dataSourceOf(server, request.typeName);
      return { diagnostics: dataSource.validate(configFrom(dataSource.schema, request.config)).map(toDiagnostic) };
    },
    refuse: (_, wrong) => ({ diagnostics: [wrong] }),
  };
