import type { ProviderServer } from "../gen/tfplugin6.ts";
import { answering } from "./answer.ts";
import { applyResourceChange } from "./apply-resource-change.ts";
import { callFunction } from "./call-function.ts";
import { closeEphemeralResource } from "./close-ephemeral-resource.ts";
import { configureProvider } from "./configure-provider.ts";
import { getFunctions } from "./get-functions.ts";
import { getMetadata } from "./get-metadata.ts";
import { getProviderSchema } from "./get-provider-schema.ts";
import { getResourceIdentitySchemas } from "./get-resource-identity-schemas.ts";
import { importResourceState } from "./import-resource-state.ts";
import { listResource } from "./list-resource.ts";
import { moveResourceState } from "./move-resource-state.ts";
import { openEphemeralResource } from "./open-ephemeral-resource.ts";
import { planResourceChange } from "./plan-resource-change.ts";
import { readDataSource } from "./read-data-source.ts";
import { readResource } from "./read-resource.ts";
import { renewEphemeralResource } from "./renew-ephemeral-resource.ts";
import type { Server } from "./server.ts";
import { stopProvider } from "./stop-provider.ts";
import { upgradeResourceIdentity } from "./upgrade-resource-identity.ts";
import { upgradeResourceState } from "./upgrade-resource-state.ts";
import { validateDataResourceConfig } from "./validate-data-resource-config.ts";
import { validateEphemeralResourceConfig } from "./validate-ephemeral-resource-config.ts";
import { validateListResourceConfig } from "./validate-list-resource-config.ts";
import { validateProviderConfig } from "./validate-provider-config.ts";
import { validateResourceConfig } from "./validate-resource-config.ts";

/** The methods that Terraform and OpenTofu call. The rest of the protocol is about things that the schema does not
 *  declare (actions, state stores); gRPC itself answers those. */
export type Implementation = Pick<
  ProviderServer,
  | "getMetadata"
  | "getProviderSchema"
  | "getResourceIdentitySchemas"
  | "getFunctions"
  | "callFunction"
  | "validateProviderConfig"
  | "configureProvider"
  | "validateResourceConfig"
  | "upgradeResourceState"
  | "upgradeResourceIdentity"
  | "readResource"
  | "planResourceChange"
  | "applyResourceChange"
  | "importResourceState"
  | "moveResourceState"
  | "validateDataResourceConfig"
  | "readDataSource"
  | "validateEphemeralResourceConfig"
  | "openEphemeralResource"
  | "renewEphemeralResource"
  | "closeEphemeralResource"
  | "validateListResourceConfig"
  | "listResource"
  | "stopProvider"
>;

export const implementation = (server: Server): Implementation => ({
  getMetadata: answering(server, getMetadata),
  getProviderSchema: answering(server, getProviderSchema),
  getResourceIdentitySchemas: answering(server, getResourceIdentitySchemas),
  getFunctions: answering(server, getFunctions),
  callFunction: answering(server, callFunction),
  validateProviderConfig: answering(server, validateProviderConfig),
  configureProvider: answering(server, configureProvider),
  validateResourceConfig: answering(server, validateResourceConfig),
  upgradeResourceState: answering(server, upgradeResourceState),
  upgradeResourceIdentity: answering(server, upgradeResourceIdentity),
  readResource: answering(server, readResource),
  planResourceChange: answering(server, planResourceChange),
  applyResourceChange: answering(server, applyResourceChange),
  importResourceState: answering(server, importResourceState),
  moveResourceState: answering(server, moveResourceState),
  validateDataResourceConfig: answering(server, validateDataResourceConfig),
  readDataSource: answering(server, readDataSource),
  validateEphemeralResourceConfig: answering(server, validateEphemeralResourceConfig),
  openEphemeralResource: answering(server, openEphemeralResource),
  renewEphemeralResource: answering(server, renewEphemeralResource),
  closeEphemeralResource: answering(server, closeEphemeralResource),
  validateListResourceConfig: answering(server, validateListResourceConfig),
  listResource: listResource(server),
  stopProvider: answering(server, stopProvider),
});
