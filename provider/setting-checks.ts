import { TENANT_LENGTH_MAX, TENANTS_RESERVED } from "../api/limits.ts";
import { nanosecondsOf } from "./resources/duration.ts";
import { attributeError, type Diagnostic } from "./schema/diagnostic.ts";

/** The provider's settings, in the order in which they are judged. */
export const NAMES = ["endpoint", "token", "username", "password", "tenant", "timeout"] as const;
export type Name = (typeof NAMES)[number];
/** Settings that are said and known. */
export type Texts = { readonly [name in Name]?: string | undefined };

/** Where the environment has a setting. */
export const variableOf = (name: Name): string => `NSKV_${name.toUpperCase()}`;

/** What is wrong with a setting by itself; `source` is what the complaint calls it. */
export function faultOf(name: Name, texts: Texts, source: string): Diagnostic[] {
  const text = texts[name];
  const fault = text === undefined ? undefined : CHECKS[name](text);
  return fault === undefined ? [] : [attributeError(name, `Invalid ${name}`, `${source} ${fault}`)];
}

/** Node's timers know no more milliseconds. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

/** The milliseconds of a time limit, or undefined when the text is none. */
export function timeoutMsOf(text: string): number | undefined {
  const ms = Math.ceil(Number(nanosecondsOf(text) ?? 0n) / 1e6);
  return ms >= 1 && ms <= TIMEOUT_MS_MAX ? ms : undefined;
}

/** None of the texts is repeated: an address may hold a password, too. */
const CHECKS: Readonly<Record<Name, (text: string) => string | undefined>> = {
  endpoint(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || (url.protocol !== "http:" && url.protocol !== "https:") || url.search || url.hash)
      return "must be the service's root as a URL, such as http://127.0.0.1:8080 or https://kv.example.com.";
    if (url.username || url.password)
      return 'must not hold credentials: set "username" and "password", or NSKV_USERNAME and NSKV_PASSWORD.';
    if (/\/api(\/v1(\/[^/]*)?)?\/?$/.test(url.pathname))
      return "must be the service's root, without /api: the provider adds the rest of the path.";
    return undefined;
  },
  token: (text) => (/^[\x21-\x7e]+$/.test(text) ? undefined : "must be one word of ASCII characters, and not empty."),
  username: (text) =>
    /^[^:\p{Cc}]+$/u.test(text) ? undefined : "must not be empty, nor contain a colon or a control character.",
  password: (text) => (/^\P{Cc}+$/u.test(text) ? undefined : "must not be empty, nor contain a control character."),
  tenant(text) {
    if (TENANTS_RESERVED.includes(text)) return "is a reserved name; choose another tenant.";
    if (text.length <= TENANT_LENGTH_MAX && /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(text)) return undefined;
    return `must be 1 to ${TENANT_LENGTH_MAX} letters, digits, "_" and "-", the first of them a letter or a digit.`;
  },
  timeout: (text) =>
    timeoutMsOf(text) === undefined
      ? 'must be a duration of ISO 8601 above zero and at most 24 days, such as "PT30S" or "PT5M".'
      : undefined,
};

/** What is wrong with settings of the configuration beside each other. */
export function exclusive({ token, username, password }: Texts): Diagnostic[] {
  if (token === undefined || (username === undefined && password === undefined)) return [];
  const detail = 'Set either "token", or "username" and "password".';
  return [attributeError("token", "Two kinds of credentials", detail)];
}

/** What is missing, or too much, once configuration and environment are taken together. */
export function incomplete({ endpoint, token, username, password }: Texts): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (endpoint === undefined)
    found.push(
      attributeError(
        "endpoint",
        "Where is the Namespace KV service?",
        'Set "endpoint" in the provider block, or NSKV_ENDPOINT, to the service\'s root, such as http://127.0.0.1:8080.',
      ),
    );
  if (token === undefined && username !== undefined && password === undefined)
    found.push(
      attributeError("password", "Missing password", 'Set "password", or NSKV_PASSWORD, beside the user name.'),
    );
  if (token === undefined && username === undefined && password !== undefined)
    found.push(
      attributeError("username", "Missing username", 'Set "username", or NSKV_USERNAME, beside the password.'),
    );
  if (token !== undefined && (username !== undefined || password !== undefined))
    found.push(
      attributeError("token", "Two kinds of credentials", "Set either NSKV_TOKEN, or NSKV_USERNAME and NSKV_PASSWORD."),
    );
  return found;
}
