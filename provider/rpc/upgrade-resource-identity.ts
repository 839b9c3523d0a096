import type { UpgradeResourceIdentity_Request, UpgradeResourceIdentity_Response } from "../gen/tfplugin6.ts";
import { DiagnosticError, error } from "../schema/diagnostic.ts";
import type { Rpc } from "./answer.ts";
import { resourceOf } from "./server.ts";
import { upgraded } from "./upgrade.ts";
import { NOTHING } from "./wire.ts";

/** Called for an identity of another version than the present one. */
export const upgradeResourceIdentity: Rpc<UpgradeResourceIdentity_Request, UpgradeResourceIdentity_Response> = {
  handle(server, { typeName, version, rawIdentity }) {
    const upgrades = resourceOf(server, typeName).identity?.upgrades ?? [];
    if (version < 0 || version > upgrades.length || !rawIdentity || rawIdentity.json.length === 0)
      throw new DiagnosticError(
        error(
          "The identity in the state cannot be read",
          `It has version ${version} of the identity of ${typeName}; this provider knows versions up to ${upgrades.length}. Run "terraform init -upgrade".`,
        ),
      );
    const json = upgraded(rawIdentity.json, version, upgrades);
    return { upgradedIdentity: { identityData: { json, msgpack: NOTHING } }, diagnostics: [] };
  },
  refuse: (_, wrong) => ({ upgradedIdentity: undefined, diagnostics: [wrong] }),
};
