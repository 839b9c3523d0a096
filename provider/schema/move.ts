import type { ObjectValue } from "../cty/value.ts";
import type { Stored } from "./upgrade.ts";

/** How a resource of another provider becomes one of ours by a `moved` block, from Terraform 1.8 on. */
export interface Move {
  /** The other provider's address without its registry, such as `kestra-io/kestra`: mirrors have other hosts. */
  readonly provider: string;
  readonly type: string;
  /** The version of the other provider's schema. */
  readonly version: number;
  /** As much of the state as the other one tells; the read that follows completes it. Pure. Throws a DiagnosticError. */
  stateFrom(stored: Stored): ObjectValue;
}
