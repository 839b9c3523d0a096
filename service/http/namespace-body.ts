import { Failure } from "../domain/fault.ts";
import { type NamespaceName, parseNamespace } from "../domain/namespace.ts";
import { type NamespaceSettings, parseAllowedNamespaces, parseMaxRevisions } from "../domain/namespaces.ts";
import { parseTtl } from "../domain/ttl.ts";
import { parseDescription, parseLabels } from "./fields.ts";
import { objectMembers } from "./json-object.ts";

/** What a body says about a namespace. */
export interface NamespaceDocument {
  readonly id: NamespaceName | undefined;
  /** Puts what was said in the place of what was there; what a PATCH did not name stays. */
  change(before: NamespaceSettings): NamespaceSettings;
}

/** What an answer says and a request need not: a namespace that was read can be sent back as it is. */
const READ_ONLY = new Set(
  "deleted declared revision etag creationDate updateDate createdBy updatedBy tenantId children".split(" "),
);

type Known = Omit<NamespaceSettings, "extra">;

const refuse = (field: string, reason: string) => new Failure({ kind: "invalid", field, reason });

function textIn(field: string, value: unknown): string {
  if (typeof value !== "string") throw refuse(field, "It must be a text or null.");
  return value;
}

/** Each field that we know, from JSON to what is kept; null never comes here. */
const KNOWN: { readonly [Field in keyof Known]: (value: unknown) => Known[Field] } = {
  description: (value) => parseDescription(textIn("description", value)),
  labels: parseLabels,
  allowedNamespaces: parseAllowedNamespaces,
  maxRevisions: parseMaxRevisions,
  defaultTtl: (value) => parseTtl(textIn("defaultTtl", value), "defaultTtl"),
};

const isKnown = (name: string): name is keyof Known => Object.hasOwn(KNOWN, name);

/**
 * Reads the document of a namespace. null removes a field, as it does for Kestra. Every member that we do not know is
 * kept as the bytes that were sent. Fails with `malformed`, field `body`, and with `invalid`, naming the field.
 */
export function parseNamespaceDocument(body: Uint8Array): NamespaceDocument {
  const members = objectMembers(body, ["id", "description", "labels"]);
  const said: { -readonly [Field in keyof Known]?: Known[Field] | null } = {};
  const extra = new Map<string, string | null>();
  let id: NamespaceName | undefined;
  for (const [name, bytes] of members) {
    const text = Buffer.from(bytes).toString();
    if (name === "id") id = idIn(JSON.parse(text));
    else if (isKnown(name)) Object.assign(said, { [name]: text === "null" ? null : KNOWN[name](JSON.parse(text)) });
    else if (!READ_ONLY.has(name)) extra.set(name, text === "null" ? null : text);
  }
  return {
    id,
    change: (before) => ({
      description: after(said.description, before.description),
      labels: after(said.labels, before.labels) ?? {},
      allowedNamespaces: after(said.allowedNamespaces, before.allowedNamespaces),
      maxRevisions: after(said.maxRevisions, before.maxRevisions),
      defaultTtl: after(said.defaultTtl, before.defaultTtl),
      extra: extraAfter(extra, before.extra),
    }),
  };
}

const after = <T>(said: T | null | undefined, before: T | undefined): T | undefined =>
  said === undefined ? before : (said ?? undefined);

function idIn(value: unknown): NamespaceName {
  if (typeof value !== "string") throw refuse("id", "It is the name of the namespace, such as 'company.team'.");
  try {
    return parseNamespace(value);
  } catch (error) {
    throw error instanceof Failure && error.fault.kind === "invalid" ? refuse("id", error.fault.reason) : error;
  }
}

/** A member that is named takes the place of the one that was there, whole. */
function extraAfter(said: ReadonlyMap<string, string | null>, before: string): string {
  const members = new Map<string, string | null>(
    [...objectMembers(Buffer.from(before), [])].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
  );
  for (const [name, text] of said) members.set(name, text);
  const pairs = [...members].flatMap(([name, text]) => (text === null ? [] : [`${JSON.stringify(name)}:${text}`]));
  return `{${pairs.join(",")}}`;
}
