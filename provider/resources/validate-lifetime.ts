import { attribute, isNull, type ObjectValue } from "../cty/value.ts";
import { attributeError, type Diagnostic } from "../schema/diagnostic.ts";
import { nanosecondsOf } from "./duration.ts";
import { maybeTextAt } from "./entry-state.ts";
import { checkTexts, ttlFault } from "./fields.ts";
import { instantKey } from "./instant.ts";

/** What is wrong with how long a key is said to live. */
export function lifetimeFaults(config: ObjectValue): Diagnostic[] {
  const checks = { ttl: ttlFault, expires_at: expiresAtFault, renew_before: renewalFault, on_expire: onExpireFault };
  const says = (name: string) => !isNull(attribute(config, name));
  const faults = checkTexts(config, checks);
  if (says("ttl") && says("expires_at"))
    faults.push(
      attributeError(
        "expires_at",
        "More than one end",
        'A key lives either as long as "ttl" says or until "expires_at". Remove one of them.',
      ),
    );
  if (says("renew_before") && !says("ttl"))
    faults.push(
      attributeError(
        "renew_before",
        "There is no TTL to renew",
        'Renewing starts "ttl" again. Set "ttl", or remove "renew_before".',
      ),
    );
  const [ttl, before] = [lengthAt(config, "ttl"), lengthAt(config, "renew_before")];
  if (ttl !== undefined && before !== undefined && before >= ttl)
    faults.push(
      attributeError(
        "renew_before",
        "Renewed all the time",
        'It must be shorter than "ttl", or every plan would renew the key. Shorten it, or lengthen the TTL.',
      ),
    );
  return faults;
}

/** The service's clock counts microseconds. */
const FRACTION_DIGITS_MAX = 6;

function expiresAtFault(text: string): string | undefined {
  const [, fraction] = instantKey(text)?.split(".") ?? [];
  if (fraction === undefined)
    return 'It is an instant with its offset from UTC, such as "2030-01-31T12:00:00Z". Leave it out for a key that never expires.';
  if (fraction.length <= FRACTION_DIGITS_MAX) return undefined;
  return "It is an instant to the microsecond: at most six digits after the point.";
}

function renewalFault(text: string): string | undefined {
  const length = nanosecondsOf(text);
  if (length === undefined)
    return 'It is an ISO 8601 duration of days, hours, minutes and seconds, such as "P1D" or "PT1H30M".';
  return length > 0n ? undefined : "It must be longer than nothing; leave it out for a key that is not renewed.";
}

const onExpireFault = (text: string): string | undefined =>
  ["recreate", "ignore", "error"].includes(text)
    ? undefined
    : 'It is "recreate", "ignore" or "error": what a plan does when the key has expired.';

function lengthAt(config: ObjectValue, name: string): bigint | undefined {
  const text = maybeTextAt(config, name);
  return text === undefined ? undefined : nanosecondsOf(text);
}
