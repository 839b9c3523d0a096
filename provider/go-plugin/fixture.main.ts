import {
  GetProviderSchema_Response,
  type ProviderServer,
  ProviderService,
  UpgradeResourceState_Response,
} from "../gen/tfplugin6.ts";
import { run } from "./run.ts";

/** The least that can be served: an empty schema, and a state that comes back as it went, of whatever size. */
const implementation: Pick<ProviderServer, "getProviderSchema" | "upgradeResourceState"> = {
  getProviderSchema(_call, callback) {
    callback(null, GetProviderSchema_Response.create({ provider: { block: {} } }));
  },
  upgradeResourceState(call, callback) {
    const json = call.request.rawState?.json ?? new Uint8Array();
    callback(null, UpgradeResourceState_Response.create({ upgradedState: { json } }));
  },
};

run(
  {
    service: ProviderService,
    implementation,
    address: "registry.test/fixtures/namespace",
    version: "1.2.3",
    onStop: () => process.stderr.write("stopping\n"),
  },
  process.argv.slice(2),
  process.env,
);
