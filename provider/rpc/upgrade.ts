import { printTree } from "../cty/canonical-json.ts";
import { CtyError } from "../cty/error.ts";
import { type JsonObject, parseJsonTree } from "../cty/json-tree.ts";
import type { Stored, Upgrade } from "../schema/upgrade.ts";

/** The attributes in the JSON of a stored state or identity, with all their digits. */
export function storedIn(json: Uint8Array): Stored {
  const tree = parseJsonTree(Buffer.from(json).toString());
  if (typeof tree !== "object" || tree?.kind !== "object") throw new CtyError([], "an object is required");
  return new Map(tree.members);
}

/** What was stored with `version`, as the latest version has it. */
export function upgraded(json: Uint8Array, version: number, upgrades: readonly Upgrade[]): Uint8Array {
  const latest = upgrades.slice(version).reduce((stored, step) => step(stored), storedIn(json));
  const tree: JsonObject = { kind: "object", members: [...latest] };
  return Buffer.from(printTree(tree));
}
