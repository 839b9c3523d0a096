import { isDeepStrictEqual } from "node:util";
import { type KeyPlace, lastRevisions, readKey } from "../../api/client.ts";
import { printNumber } from "../cty/number.ts";
import { attribute, isNull, type ObjectValue } from "../cty/value.ts";
import type { Session } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";
import { isOtherDigest } from "./digest.ts";
import { sameLength } from "./duration.ts";
import { type Entry, isTrue } from "./entry-attributes.ts";
import { labelsAt, maybeTextAt, textAt } from "./entry-state.ts";
import { sameInstant } from "./instant.ts";
import type { KvNotes } from "./namespace-kv-notes.ts";

type Revision = Awaited<ReturnType<typeof lastRevisions>>[number];

/** How a key stands that is not any more as the plan took it to be. */
export type Standing =
  | { readonly kind: "changed"; readonly entry: Entry }
  /** The very revision of the plan, whose time is over. */
  | { readonly kind: "expired" }
  /** `last` is the change that ended it, as far as that is known. */
  | { readonly kind: "deleted"; readonly last: Revision | undefined };

export async function standing(
  at: KeyPlace,
  prior: ObjectValue,
  { client, writeSignal }: Session<Store>,
): Promise<Standing> {
  const found = await readKey(client.api, at, writeSignal);
  if (found.state === "live") return { kind: "changed", entry: found.entry };
  const revisions = await lastRevisions(client.api, at, 2, writeSignal);
  const end = maybeTextAt(prior, "expires_at");
  const isLongOver = found.state === "missing" && end !== undefined && Date.parse(end) <= +found.readAt;
  const byItself = revisions.length === 0 ? isLongOver : isEndOf(prior, revisions);
  return byItself
    ? { kind: "expired" }
    : { kind: "deleted", last: revisions.find(({ action }) => action !== "expire") };
}

/** Whether the newest revisions of a key that is not there any more are the one of the plan and its expiry at most. */
function isEndOf(prior: ObjectValue, [newest, before]: readonly Revision[]): boolean {
  const last = newest?.action === "expire" ? before : newest;
  if (last) return last.etag === textAt(prior, "etag");
  // The history is too short for both: the expiry that comes next to the plan's revision tells as much.
  return newest?.revision === revisionOf(prior) + 1 && newest.creationDate === maybeTextAt(prior, "created_at");
}

const revisionOf = (state: ObjectValue): number => {
  const revision = attribute(state, "revision");
  return revision.kind === "number" ? Number(printNumber(revision.value)) : Number.NaN;
};

/** The attributes in which an entry is another than the state; of what is not managed here, none. */
export function changesSince(prior: ObjectValue, entry: Entry, notes: KvNotes): string[] {
  const isOwned = (name: string) => !isNull(attribute(prior, name));
  const text = (name: string) => maybeTextAt(prior, name) ?? null;
  const managesValue = !notes.metadataOnly;
  const changes = {
    value: managesValue && isOtherDigest(text("digest") ?? "", entry.digest),
    type: managesValue && text("type") !== entry.type,
    ttl: (managesValue || notes.lifetime) && !bothAre(text("ttl"), entry.ttl, sameLength),
    expires_at: notes.lifetime && !bothAre(text("expires_at"), entry.expirationDate, sameInstant),
    description: isOwned("description") && text("description") !== entry.description,
    labels: isOwned("labels") && !isDeepStrictEqual(labelsAt(prior), entry.labels),
    secret: isOwned("secret") && isTrue(attribute(prior, "secret")) !== entry.secret,
  };
  return Object.entries(changes).flatMap(([name, isChanged]) => (isChanged ? [name] : []));
}

const bothAre = (a: string | null, b: string | null, same: (a: string, b: string) => boolean): boolean =>
  a === null || b === null ? a === b : same(a, b);
