import { sameValue } from "../cty/equal.ts";
import { list, str, unknownOf } from "../cty/make.ts";
import { listType, STRING } from "../cty/type.ts";
import { attribute, isKnown, type ObjectValue, type Value } from "../cty/value.ts";
import type { Drafted, Refined } from "../schema/provider.ts";
import { isTrue } from "./entry-attributes.ts";
import { withValues } from "./entry-state.ts";
import { textsIn } from "./set-members.ts";
import { strangersWillGo } from "./set-refusals.ts";
import { strangersToRemove, strangerTest } from "./set-scope.ts";

/** What a plan says of the keys that are not in the set. Before a set is created nobody knows them. */
export function refineSet({ prior, planned }: Drafted): Refined {
  if (!prior || !sameValue(attribute(prior, "namespace"), attribute(planned, "namespace"))) return {};
  const going = strangersToRemove(prior, planned);
  return {
    planned: withValues(planned, { unmanaged_keys: unmanagedAfter(prior, planned) }),
    diagnostics: going.length > 0 ? [strangersWillGo(going)] : [],
  };
}

function unmanagedAfter(prior: ObjectValue, planned: ObjectValue): Value {
  const seesTheSame = ["prefix", "ignore_keys"].every((name) =>
    sameValue(attribute(prior, name), attribute(planned, name)),
  );
  const isDecided = ["values", "authoritative"].every((name) => isKnown(attribute(planned, name)));
  if (!seesTheSame || !isDecided) return unknownOf(listType(STRING));
  if (isTrue(attribute(planned, "authoritative"))) return list(STRING, []);
  const before = attribute(prior, "unmanaged_keys");
  const keys = textsIn(before);
  const left = keys.filter(strangerTest(planned));
  return left.length === keys.length ? before : list(STRING, left.map(str));
}
