import { type ReadDataSource_Request, ReadDataSource_Response } from "../gen/tfplugin6.ts";
import type { Rpc } from "./answer.ts";
import { dataSourceOf } from "./server.ts";
import { configFrom, toDynamicValue } from "./wire.ts";

export const readDataSource: Rpc<ReadDataSource_Request, ReadDataSource_Response> = {
  async handle(server, request) {
    const dataSource = dataSourceOf(server, request.typeName);
    const config = configFrom(dataSource.schema, request.config);
    const state = await dataSource.read(config, server.session());
    return ReadDataSource_Response.create({ state: toDynamicValue(dataSource.schema, state) });
  },
  refuse: (_, wrong) => ReadDataSource_Response.create({ diagnostics: [wrong] }),
};
