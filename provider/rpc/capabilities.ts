import type { ServerCapabilities } from "../gen/tfplugin6.ts";

/** What Terraform may rely on. */
export const CAPABILITIES: ServerCapabilities = {
  planDestroy: false, // there is nothing to say about a destroy plan, so none of them costs a call
  getProviderSchemaOptional: true, // one process of Terraform asks once, and not in each of the starts of an apply
  moveResourceState: true,
  generateResourceConfig: false,
};
