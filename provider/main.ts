import { ProviderService } from "./gen/tfplugin6.ts";
import { run } from "./go-plugin/run.ts";
import { namespaceProvider } from "./provider.ts";
import { isLogging, logRequests } from "./request-log.ts";
import { implementation } from "./rpc/implementation.ts";
import { newServer } from "./rpc/server.ts";
import { VERSION } from "./version.ts";

if (isLogging(process.env)) logRequests((line) => process.stderr.write(line));

const plugin = {
  service: ProviderService,
  implementation: implementation(newServer(namespaceProvider(process.env))),
  address: "terraform.local/namespace-kv/namespace",
  version: VERSION,
};

run(plugin, process.argv.slice(2), process.env);
