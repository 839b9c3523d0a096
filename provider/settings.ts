import { TENANT_DEFAULT } from "../api/limits.ts";
import type { Api } from "../api/transport.ts";
import { STRING } from "./cty/type.ts";
import { attribute, isKnown, type ObjectValue } from "./cty/value.ts";
import { type Diagnostic, isError } from "./schema/diagnostic.ts";
import type { Configured } from "./schema/provider.ts";
import type { Schema } from "./schema/schema.ts";
import { exclusive, faultOf, incomplete, NAMES, type Texts, timeoutMsOf, variableOf } from "./setting-checks.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** What one try of a request may take, a large value included. */
const TIMEOUT_DEFAULT = "PT30S";

export const SETTINGS: Schema = {
  version: 0,
  description:
    "Declares the namespaces and keys of a Namespace KV service, and reads them. Its settings say where the service is, and who calls.",
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
    timeout: {
      type: STRING,
      from: "optional",
      description: `How long one request may take, the transfer of a large value included, \`${TIMEOUT_DEFAULT}\` by default. What fails sooner is tried four times. Also from \`NSKV_TIMEOUT\`.`,
    },
  },
};

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
      timeoutMs: timeoutMsOf(settings.timeout ?? TIMEOUT_DEFAULT) ?? 0,
    },
  };
}

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
