/** What can be done next with what an operation has made: for readers of the document, and for tools that follow it. */

interface Link {
  readonly operationId: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const SCOPE = { tenant: "$request.path.tenant", namespace: "$request.path.namespace" };
const KEY = { ...SCOPE, key: "$response.body#/key" };
const REVISION = { ...KEY, revision: "$response.body#/revision" };
const NAMESPACE = { tenant: SCOPE.tenant, namespace: "$response.body#/id" };
const WEBHOOK = { tenant: SCOPE.tenant, id: "$response.body#/id" };

const to = (operationId: string, parameters: Link["parameters"]): Link => ({ operationId, parameters });

/** `suffix` as in the two spellings of a key's operations. */
const fromEntry = (suffix: string): readonly Link[] => [
  ...["getKey", "patchKey", "deleteKey", "listRevisions"].map((id) => to(`${id}${suffix}`, KEY)),
  to(`restoreRevision${suffix}`, REVISION),
];

const LINKS: Readonly<Record<string, readonly Link[]>> = {
  ...Object.fromEntries(
    ["", "ByQuery"].flatMap((suffix) =>
      ["putKey", "patchKey", "restoreRevision"].map((id) => [`${id}${suffix}`, fromEntry(suffix)]),
    ),
  ),
  createNamespace: ["getNamespace", "patchNamespace", "deleteNamespace", "putKey", "listKeys", "putKeyByQuery"].map(
    (id) => to(id, NAMESPACE),
  ),
  createWebhook: ["getWebhook", "patchWebhook", "rotateWebhookSecret", "listWebhookDeliveries", "deleteWebhook"].map(
    (id) => to(id, WEBHOOK),
  ),
};

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, object>>;
}

/** The same paths; the success of each operation above says what comes next. */
export function linked<Paths extends object>(paths: Paths): Paths {
  const each = (fields: object, change: (value: unknown) => unknown) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, change(value)]));
  const operation = (it: unknown) => {
    const { operationId, responses } = it as Partial<Operation>;
    const links = LINKS[operationId ?? ""];
    const status = Object.keys(responses ?? {}).find((code) => code.startsWith("2")) ?? "";
    if (!links || !responses) return it;
    const success = { ...responses[status], links: Object.fromEntries(links.map((link) => [link.operationId, link])) };
    return { ...(it as Operation), responses: { ...responses, [status]: success } };
  };
  return each(paths, (path) => each(path as object, operation)) as Paths;
}
