import { printNumber } from "../cty/number.ts";
import { attribute, isNull, type ObjectValue } from "../cty/value.ts";
import type { Notes } from "../schema/provider.ts";
import type { Entry } from "./entry-attributes.ts";
import { sourceIn } from "./namespace-kv-source.ts";

/** What a key's resource writes down beside its state. A read that finds nothing new leaves the notes as they are, to
 *  the byte: Terraform takes other notes for another state. */
export interface KvNotes {
  /** Of the write-only value that was written last. Only an apply sets it, so that no refresh makes a change from
   *  outside the new truth. */
  readonly written?: { readonly digest: string; readonly version: string };
  /** The configuration had no value: somebody else's key, of which only the metadata is managed. */
  readonly metadataOnly?: true;
  /** The configuration said how long the key lives, so that it clears this when it says no more. */
  readonly lifetime?: true;
  /** The time left is less than `renew_before`, as a read has found by the service's clock. */
  readonly due?: true;
  /** Imported just now, and not read since. */
  readonly imported?: true;
}

export const notesOf = (notes: Notes): KvNotes => notes;

/** The notes once a configuration has been applied. `kept` is what was noted of a write-only value that was not written
 *  this time. */
export function notesAfter(config: ObjectValue, entry: Entry, kept?: KvNotes["written"]): Notes {
  const [source, version] = [sourceIn(config), attribute(config, "value_wo_version")];
  return {
    ...(source === "value_wo" &&
      version.kind === "number" && { written: kept ?? { digest: entry.digest, version: printNumber(version.value) } }),
    ...(source === undefined && { metadataOnly: true }),
    ...(saysLifetime(config) && { lifetime: true }),
  };
}

/** The notes that an imported state begins with. */
export const notesOfImport = (state: ObjectValue): Notes => ({
  ...(sourceIn(state) === undefined && { metadataOnly: true }),
  ...(saysLifetime(state) && { lifetime: true }),
  imported: true,
});

const saysLifetime = (object: ObjectValue): boolean =>
  !isNull(attribute(object, "ttl")) || !isNull(attribute(object, "expires_at"));

/** Whether a lifetime that was written here once has been taken out of the configuration. */
export function dropsLifetime(prior: ObjectValue, { lifetime }: KvNotes, config: ObjectValue): boolean {
  return lifetime === true && !saysLifetime(config) && saysLifetime(prior);
}
