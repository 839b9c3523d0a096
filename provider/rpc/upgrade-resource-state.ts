import type { UpgradeResourceState_Request, UpgradeResourceState_Response } from "../gen/tfplugin6.ts";
import { DiagnosticError, error } from "../schema/diagnostic.ts";
import type { Rpc } from "./answer.ts";
import { resourceOf } from "./server.ts";
import { upgraded } from "./upgrade.ts";
import { NOTHING } from "./wire.ts";

/** Called for every state that is read, of the present version too. Such a one goes back as the bytes that came; Terraform
 *  takes attributes that it lacks for null. */
export const upgradeResourceState: Rpc<UpgradeResourceState_Request, UpgradeResourceState_Response> = {
  handle(server, { typeName, version, rawState }) {
    const { schema, upgrades = [] } = resourceOf(server, typeName);
    if (version > schema.version)
      throw new DiagnosticError(
        error(
          "The state was written by a newer version of the provider",
          `It has version ${version} of ${typeName}; this provider knows versions up to ${schema.version}. Run "terraform init -upgrade".`,
        ),
      );
    if (version < 0 || !rawState || rawState.json.length === 0)
      throw new DiagnosticError(
        error(
          "The state cannot be read",
          `No version of the provider wrote a state of ${typeName} like this one. Restore the state from a backup, or remove the resource with "terraform state rm" and import it.`,
        ),
      );
    const json = version === schema.version ? rawState.json : upgraded(rawState.json, version, upgrades);
    return { upgradedState: { json, msgpack: NOTHING }, diagnostics: [] };
  },
  refuse: (_, wrong) => ({ upgradedState: undefined, diagnostics: [wrong] }),
};
