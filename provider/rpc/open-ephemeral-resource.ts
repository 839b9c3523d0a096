import { type OpenEphemeralResource_Request, OpenEphemeralResource_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { ephemeralOf } from "./server.ts";
import { configFrom, toDynamicValue } from "./wire.ts";

/** Nothing is held open: so there is no time of renewal, and nothing to close. */
export const openEphemeralResource: Rpc<OpenEphemeralResource_Request, OpenEphemeralResource_Response> = {
  async handle(server, request) {
    const ephemeral = ephemeralOf(server, request.typeName);
    const result = await ephemeral.open(configFrom(ephemeral.schema, request.config), server.session());
    return OpenEphemeralResource_Response.create({ result: toDynamicValue(ephemeral.schema, result) });
  },
  refuse: (_, wrong) => OpenEphemeralResource_Response.create({ diagnostics: [wrong] }),
};
