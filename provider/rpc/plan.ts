import { sameValue } from "../cty/equal.ts";
import { nullOf, unknownOf } from "../cty/make.ts";
import { isNull, isWhollyKnown, type ObjectValue, attribute as part, type Value } from "../cty/value.ts";
import { type Attribute, isComputed, type Schema } from "../schema/schema.ts";

/** A plan for a resource that stays or comes to be; nothing needs planning for one that goes. */
export interface Plan {
  readonly planned: ObjectValue;
  /** The attributes whose change needs another resource. */
  readonly replacedBy: readonly string[];
}

/**
 * The rules of every plan, in their order. Pure: no clock and no network, since Terraform asks once more at apply and
 * compares the answers.
 * @param prior undefined for a resource that is to be created
 * @param proposed the configuration, with prior values where it says nothing and a computed attribute may keep its own
 * @param due attributes that count as changed though they are not
 */
export function plan(
  schema: Schema,
  prior: ObjectValue | undefined,
  proposed: ObjectValue,
  config: ObjectValue,
  due: readonly string[] = [],
): Plan {
  const entries = new Map(proposed.entries);
  const planned: ObjectValue = { kind: "object", entries };
  const attributes = Object.entries(schema.attributes);
  const unsaid = (name: string) => isNull(part(config, name));

  for (const [name, attribute] of attributes) {
    if (attribute.writeOnly) entries.set(name, nullOf(attribute.type));
    const derived = unsaid(name) ? attribute.derive?.(planned, config) : undefined;
    if (derived) entries.set(name, derived);
    if (prior && meansTheSame(attribute, part(prior, name), part(planned, name), planned))
      entries.set(name, part(prior, name));
  }

  const differing = prior ? attributes.flatMap(([name]) => (isChanged(prior, planned, name) ? [name] : [])) : [];
  const changed = [...differing, ...due];
  for (const [name, attribute] of attributes) {
    if (!isComputed(attribute) || !unsaid(name)) continue;
    if (attribute.derive?.(planned, config)) continue;
    if (!prior || isMoved(attribute, changed, prior)) entries.set(name, attribute.becomes ?? unknownOf(attribute.type));
  }
  return { planned, replacedBy: differing.filter((name) => schema.attributes[name]?.requiresReplace) };
}

/** `next` in the spelling of `prior` wherever both mean the same: what was read back is no difference then. */
export function inPriorSpelling(schema: Schema, prior: ObjectValue, next: ObjectValue): ObjectValue {
  const entries = new Map(next.entries);
  for (const [name, attribute] of Object.entries(schema.attributes))
    if (meansTheSame(attribute, part(prior, name), part(next, name), next)) entries.set(name, part(prior, name));
  return { kind: "object", entries };
}

/** `made` with everything that was planned. Terraform takes any other spelling than the planned one for a mistake. */
export function asPlanned(planned: ObjectValue, made: ObjectValue): ObjectValue {
  const known = [...planned.entries].filter(([, value]) => isWhollyKnown(value));
  return { kind: "object", entries: new Map([...made.entries, ...known]) };
}

function meansTheSame({ same }: Attribute, prior: Value, planned: Value, within: ObjectValue): boolean {
  if (isNull(prior) || isNull(planned) || !isWhollyKnown(planned)) return false;
  return same ? same(prior, planned, within) : sameValue(prior, planned);
}

/** What means the same has the prior spelling by now, so nothing but a real difference is left. */
function isChanged(prior: ObjectValue, planned: ObjectValue, name: string): boolean {
  const [before, after] = [part(prior, name), part(planned, name)];
  return before !== after && !sameValue(before, after);
}

function isMoved({ changesWith }: Attribute, changed: readonly string[], prior: ObjectValue): boolean {
  if (changesWith === undefined || changed.length === 0) return false;
  if (typeof changesWith === "function") return changesWith(changed, prior);
  return changesWith === "anything" || changed.some((name) => changesWith.includes(name));
}
