import { NAMESPACE_LENGTH_MAX } from "../../api/limits.ts";
import { Failure } from "../domain/fault.ts";
import { type NamespaceName, parseNamespace } from "../domain/namespace.ts";
import { unstorable } from "../domain/text.ts";
import { parseEvents, parseWebhookUrl, type WebhookSettings } from "../domain/webhook.ts";
import { parseDescription } from "./fields.ts";
import { objectMembers } from "./json-object.ts";

const refuse = (field: string, reason: string) => new Failure({ kind: "invalid", field, reason });

function textIn(field: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw refuse(field, `It is a text or null.`);
}

function prefixIn(value: unknown): string {
  const prefix = textIn("prefix", value);
  const fault = unstorable(prefix);
  if (fault) throw refuse("prefix", `A prefix ${fault}.`);
  return prefix;
}

function namespaceIn(value: unknown): NamespaceName {
  const name = textIn("namespace", value);
  if (name.length > NAMESPACE_LENGTH_MAX)
    throw refuse("namespace", `A namespace has at most ${NAMESPACE_LENGTH_MAX} characters.`);
  return parseNamespace(name);
}

function flagIn(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw refuse("enabled", "It is true or false.");
}

const OPTIONAL = ["namespace", "prefix", "description"] as const;

/** Each field from JSON to what is kept; null comes to those alone that cannot be left without a value. */
const FIELDS: { readonly [Field in keyof WebhookSettings]: (value: unknown) => WebhookSettings[Field] } = {
  url: parseWebhookUrl,
  namespace: namespaceIn,
  prefix: prefixIn,
  events: parseEvents,
  description: (value) => parseDescription(textIn("description", value)),
  enabled: flagIn,
};

/** What a body says about a webhook. Fails with `malformed`, field `body`, and with `invalid`, naming the field. */
export function webhookFields(body: Uint8Array): Partial<WebhookSettings> {
  const said: Partial<Record<string, unknown>> = {};
  for (const [name, bytes] of objectMembers(body, ["url", "namespace", "events"])) {
    if (!Object.hasOwn(FIELDS, name)) throw refuse(name, `There are the fields ${Object.keys(FIELDS).join(", ")}.`);
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    const removed = value === null && OPTIONAL.some((field) => field === name);
    said[name] = removed ? undefined : FIELDS[name as keyof WebhookSettings](value);
  }
  return said as Partial<WebhookSettings>;
}
