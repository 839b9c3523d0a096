import type { ObjectValue } from "../cty/value.ts";
import type { Upgrade } from "./upgrade.ts";

/** What names one thing for ever, whatever becomes of its state. Terraform keeps it beside the state from 1.12 on, and
 *  imports by it. */
export interface Identity {
  /** Attributes of the resource's schema. Those that it requires an import must have as well. */
  readonly attributes: readonly string[];
  /** Step n leads from version n to n + 1, so there are as many as the version says. */
  readonly upgrades?: readonly Upgrade[];
  /** The ID that an import takes. Throws a DiagnosticError for an identity that can name nothing. */
  idOf(identity: ObjectValue): string;
}
