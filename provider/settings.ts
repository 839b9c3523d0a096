import { TENANT_DEFAULT, TENANT_LENGTH_MAX, TENANTS_RESERVED } from "../api/limits.ts";
import type { Api } from "../api/transport.ts";
import { STRING } from "./cty/type.ts";
import { attribute, isKnown, type ObjectValue } from "./cty/value.ts";
import { attributeError, type Diagnostic, isError } from "./schema/diagnostic.ts";
import type { Configured } from "./schema/provider.ts";
import type { Schema } from "./schema/schema.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Milliseconds that one try of a request may take, a large value included. */
const TIMEOUT_MS = 30_000;

export const SETTINGS: Schema = {
  version: 0,
  description: "Where the Namespace KV service is, and who calls.",
  attributes: {
    endpoint: {
      type: STRING,
      from: "optional",
      description: "The service's root, such as `http://127.0.0.1:8080`, without `/api`. Also from `NSKV_ENDPOINT`.",
    },
    token: {
      type: STRING,
      from: "optional",
      sensitive: true,
      description: "An API token, in the place of user name and password. Also from `NSKV_TOKEN`.",
    },
    username: {
      type: STRING,
      from: "optional",
      description: "A user's name, with `password`. Also from `NSKV_USERNAME`.",
    },
    password: {
      type: STRING,
      from: "optional",
      sensitive: true,
      description: "The user's password. Also from `NSKV_PASSWORD`.",
    },
    tenant: {
      type: STRING,
      from: "optional",
      description: `The tenant whose keys are managed, \`${TENANT_DEFAULT}\` by default. Also from \`NSKV_TENANT\`.`,
    },
  },
};

const NAMES = ["endpoint", "token", "username", "password", "tenant"] as const;
type Name = (typeof NAMES)[number];
type Texts = { readonly [name in Name]?: string | undefined };

/** What is wrong with what the configuration says, whatever the environment adds. Pure. */
export function checkSettings(config: ObjectValue): Diagnostic[] {
  const said = textsOf(config);
  const faults = NAMES.flatMap((name) => faultOf(name, said, `"${name}"`));
  return [...faults, ...exclusive(said)];
}

/** The settings of the configuration, then of the environment: of the credentials only where the configuration has none. */
export function apiFrom(config: ObjectValue, env: Environment): Configured<Api> {
  const wrong = checkSettings(config);
  if (wrong.some(isError)) return { kind: "wrong", diagnostics: wrong };
  const setting = NAMES.find((name) => !isKnown(attribute(config, name)));
  if (setting !== undefined) return { kind: "unknown", setting };
  const said = textsOf(config);
  const added = addedBy(env, said);
  const settings: Texts = { ...added, ...said };
  const faults = NAMES.flatMap((name) => (name in added ? faultOf(name, added, variableOf(name)) : []));
  const diagnostics = [...faults, ...incomplete(settings)];
  if (diagnostics.length > 0 || settings.endpoint === undefined) return { kind: "wrong", diagnostics };
  return {
    kind: "ready",
    client: {
      endpoint: settings.endpoint.replace(/\/+$/, ""),
      tenant: settings.tenant ?? TENANT_DEFAULT,
      authorization: authorizationOf(settings),
      door: "terraform",
      timeoutMs: TIMEOUT_MS,
    },
  };
}

const variableOf = (name: Name): string => `NSKV_${name.toUpperCase()}`;

function textsOf(config: ObjectValue): Texts {
  const texts = NAMES.flatMap((name) => {
    const value = attribute(config, name);
    return value.kind === "string" ? [[name, value.value]] : [];
  });
  return Object.fromEntries(texts) as Texts;
}

function addedBy(env: Environment, said: Texts): Texts {
  const byName = said.username !== undefined || said.password !== undefined;
  const asked = NAMES.filter((name) => {
    if (name === "token") return !byName;
    return (name !== "username" && name !== "password") || said.token === undefined;
  });
  const found = asked.flatMap((name) => {
    const text = env[variableOf(name)];
    return text && said[name] === undefined ? [[name, text]] : [];
  });
  return Object.fromEntries(found) as Texts;
}

const authorizationOf = ({ token, username, password }: Texts): string | undefined => {
  if (token !== undefined) return `Bearer ${token}`;
  if (username === undefined) return undefined;
  return `Basic ${Buffer.from(`${username}:${password ?? ""}`).toString("base64")}`;
};

function faultOf(name: Name, texts: Texts, source: string): Diagnostic[] {
  const text = texts[name];
  const fault = text === undefined ? undefined : CHECKS[name](text);
  return fault === undefined ? [] : [attributeError(name, `Invalid ${name}`, `${source} ${fault}`)];
}

/** None of the texts is repeated: an address may hold a password, too. */
const CHECKS: Readonly<Record<Name, (text: string) => string | undefined>> = {
  endpoint(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || (url.protocol !== "http:" && url.protocol !== "https:") || url.search || url.hash)
      return "must be the service's root as a URL, such as http://127.0.0.1:8080 or https://kv.example.com.";
    if (url.username || url.password)
      return 'must not hold credentials: set "username" and "password", or NSKV_USERNAME and NSKV_PASSWORD.';
    if (/\/api(\/|$)/.test(url.pathname))
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
};

function exclusive({ token, username, password }: Texts): Diagnostic[] {
  if (token === undefined || (username === undefined && password === undefined)) return [];
  const detail = 'Set either "token", or "username" and "password".';
  return [attributeError("token", "Two kinds of credentials", detail)];
}

function incomplete({ endpoint, token, username, password }: Texts): Diagnostic[] {
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
