import { ProviderService } from "./gen/tfplugin6.ts";
import { run } from "./go-plugin/run.ts";
import { VERSION } from "./version.ts";

const plugin = {
  service: ProviderService,
  implementation: {},
  address: "terraform.local/namespace-kv/namespace",
  version: VERSION,
};

run(plugin, process.argv.slice(2), process.env);
