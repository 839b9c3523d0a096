import type { ValidateProviderConfig_Request, ValidateProviderConfig_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { configFrom, toDiagnostic } from "./wire.ts";

export const validateProviderConfig: Rpc<ValidateProviderConfig_Request, ValidateProviderConfig_Response> = {
  handle: ({ provider }, { config }) => ({
    diagnostics: provider.validate(configFrom(provider.schema, config)).map(toDiagnostic),
  }),
  refuse: (_, wrong) => ({ diagnostics: [wrong] }),
};
