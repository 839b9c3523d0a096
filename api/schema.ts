import { z } from "zod";
import {
  ALLOWED_NAMESPACES_MAX,
  BATCH_OPERATIONS_MAX,
  BULK_DELETE_KEYS_MAX,
  DESCRIPTION_LENGTH_MAX,
  IDEMPOTENCY_KEY_LENGTH_MAX,
  KEY_LENGTH_MAX,
  LABEL_NAME_LENGTH_MAX,
  LABEL_VALUE_LENGTH_MAX,
  LABELS_MAX,
  NAMESPACE_LENGTH_MAX,
  REVISIONS_KEPT_DEFAULT,
  REVISIONS_KEPT_MAX,
} from "./limits.ts";
import { PROBLEMS, type ProblemName, problemTypeOf } from "./problem.ts";
import { ImportView } from "./schema/transfer.ts";

/** The contract of the HTTP API: one constant is the check, the type and the documentation. */

export const TypeName = z
  .enum(["STRING", "NUMBER", "BOOLEAN", "DATETIME", "DATE", "DURATION", "JSON"])
  .meta({ id: "Type", description: "What the value is; the object always holds JSON." });

export const Instant = z
  .string()
  .meta({ format: "date-time", description: "UTC, six digits of fraction.", example: "2026-01-31T12:00:00.000000Z" });

export const LabelsView = z
  .record(z.string().max(LABEL_NAME_LENGTH_MAX), z.string().max(LABEL_VALUE_LENGTH_MAX))
  .meta({ id: "Labels", description: `At most ${LABELS_MAX} names with their values.`, example: { team: "data" } });

const entryFields = {
  namespace: z.string().max(NAMESPACE_LENGTH_MAX).meta({ example: "company.team" }),
  key: z.string().meta({ example: "flags/dark-mode", description: `1 to ${KEY_LENGTH_MAX} code points.` }),
  type: TypeName,
  revision: z.int().positive().meta({ description: "1, 2, 3 … with every change of the key." }),
  etag: z.string().meta({ description: "Unique for ever; the `ETag` header without its quotes." }),
  size: z.int().nonnegative().meta({ description: "Bytes of the value's JSON text." }),
  digest: z.string().meta({
    description: "`hmac-sha256:{key id}:{hex}` of the value. Digests with different key ids cannot be compared.",
  }),
  uri: z.string().meta({ description: "Where the object lies.", example: "s3://bucket/main/company.team/_kv/…" }),
  description: z.string().nullable(),
  labels: LabelsView,
  secret: z.boolean(),
  ttl: z.string().nullable().meta({
    example: "PT24H",
    description: "The TTL that the latest value was given; a namespace's default shows in `expirationDate` only.",
  }),
  creationDate: Instant,
  updateDate: Instant,
  expirationDate: Instant.nullable(),
  createdBy: z.string(),
  updatedBy: z.string(),
  door: z.string().meta({ description: "Through which door the latest change came.", example: "terraform" }),
};

export const EntryView = z
  .object(entryFields)
  .meta({ id: "Entry", description: "What is known of a key besides its value." });
export type EntryView = z.infer<typeof EntryView>;

const { namespace: _namespace, key: _key, uri, ...revisionFields } = entryFields;

export const RevisionView = z
  .object({
    ...revisionFields,
    action: z.enum(["put", "patch", "delete", "expire"]).meta({ description: "What was asked for." }),
    uri: uri.nullable().meta({ description: "Where the object lies; null for a deletion, which has none." }),
  })
  .meta({ id: "Revision", description: "A key as one change left it; after a deletion, as it was before." });
export type RevisionView = z.infer<typeof RevisionView>;

export const ListedEntryView = z
  .object({
    ...entryFields,
    expiredAt: Instant.optional().meta({ description: "Only with `expired=true`, on entries whose time is over." }),
  })
  .meta({ id: "ListedEntry" });
export type ListedEntryView = z.infer<typeof ListedEntryView>;

export const ValueView = z
  .object({ ...entryFields, updated: Instant, value: z.unknown().meta({ description: "The value, as it was sent." }) })
  .meta({ id: "EntryWithValue" });
export type ValueView = z.infer<typeof ValueView>;

export const ExpiredView = z
  .object({
    type: z.null(),
    value: z.null(),
    message: z.string().meta({ example: "The value of key 'k' in namespace 'n' expired at …" }),
    expiredAt: Instant,
    requestId: z.string(),
  })
  .meta({ id: "Expired" });
export type ExpiredView = z.infer<typeof ExpiredView>;

/** What a PUT or PATCH may say besides the value. */
const said = {
  type: TypeName.optional(),
  description: z
    .string()
    .nullable()
    .optional()
    .meta({ description: `At most ${DESCRIPTION_LENGTH_MAX} code points.` }),
  labels: LabelsView.nullable().optional(),
  secret: z.boolean().optional(),
  ttl: z.string().nullable().optional().meta({ example: "P1D", description: "Not together with `expiresAt`." }),
  expiresAt: z.string().nullable().optional().meta({ format: "date-time" }),
};

export const EntryBody = z.object({ value: z.unknown(), ...said }).meta({ id: "EntryBody" });
export const PatchBody = z.object({ value: z.unknown().optional(), ...said }).meta({ id: "EntryPatch" });

export const PurgeBody = z
  .strictObject({
    expiredOnly: z
      .boolean()
      .optional()
      .meta({ description: "True unless said otherwise; `false`: all keys, expired or not." }),
    createdBefore: z.string().optional().meta({ format: "date-time" }),
    updatedBefore: z.string().optional().meta({ format: "date-time" }),
    prefix: z.string().optional().meta({ description: "Keys that begin so." }),
    dryRun: z.boolean().optional().meta({ description: "Only counts." }),
  })
  .meta({ id: "Purge", description: "Which keys to destroy; all that is named must hold." });

export const PurgeView = z
  .object({
    keys: z.int().nonnegative(),
    revisions: z.int().nonnegative().meta({ description: "Of these keys, deletions included." }),
    objects: z.int().nonnegative().meta({ description: "Objects whose bytes were deleted; 0 in a dry run." }),
    dryRun: z.boolean(),
    done: z.boolean().meta({ description: "False in the lines that come while the purge goes on." }),
  })
  .meta({ id: "Purged" });
export type PurgeView = z.infer<typeof PurgeView>;
const SEGMENT = "[A-Za-z0-9][A-Za-z0-9_-]*";
export const SEGMENT_PATTERN = `^${SEGMENT}$`;
export const NAMESPACE_PATTERN = `^${SEGMENT}([.]${SEGMENT})*$`;

const NamespaceId = z.string().max(NAMESPACE_LENGTH_MAX).meta({ example: "company.team", pattern: NAMESPACE_PATTERN });

/** In words of JSON Schema, which counts code points as we do, and as zod does not. */
const DESCRIPTION_RULES = {
  description: `At most ${DESCRIPTION_LENGTH_MAX} code points.`,
  maxLength: DESCRIPTION_LENGTH_MAX,
};
/** Days and below; the other rules of a TTL no pattern can say. */
const TTL_RULES = { pattern: "^P([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+([.][0-9]{1,9})?S)?)?$" };

/** What a namespace's body may say; every other member is kept as it was sent. */
const namespaceSettings = {
  description: z.string().optional().meta(DESCRIPTION_RULES),
  allowedNamespaces: z
    .array(z.object({ namespace: NamespaceId }))
    .max(ALLOWED_NAMESPACES_MAX)
    .optional()
    .meta({ description: "Whose flows may read it." }),
  maxRevisions: z
    .int()
    .positive()
    .max(REVISIONS_KEPT_MAX)
    .optional()
    .meta({ description: `Revisions kept of each key; without it ${REVISIONS_KEPT_DEFAULT}.` }),
  defaultTtl: z.string().optional().meta({ example: "PT24H", description: "The TTL of a PUT that names no lifetime." }),
};

const namespaceFields = {
  id: NamespaceId,
  deleted: z.literal(false).meta({ description: "For Kestra's clients." }),
  declared: z.boolean().meta({
    description:
      "Whether somebody made it by hand; else it is there because of a key, or because another lies below it.",
  }),
  ...namespaceSettings,
  labels: LabelsView,
  revision: z.int().positive().optional(),
  etag: z.string().optional().meta({ description: "Unique for ever; the `ETag` header without its quotes." }),
  creationDate: Instant.optional(),
  updateDate: Instant.optional(),
  createdBy: z.string().optional(),
  updatedBy: z.string().optional(),
};

export const NamespaceView = z.looseObject(namespaceFields).meta({
  id: "Namespace",
  description: "What is unset is left out. Fields that only Kestra knows, such as `variables`, are as they were sent.",
});
export type NamespaceView = z.infer<typeof NamespaceView>;

export const ListedNamespaceView = z.object(namespaceFields).meta({
  id: "ListedNamespace",
  description: "A namespace without the fields that only Kestra knows.",
});
export type ListedNamespaceView = z.infer<typeof ListedNamespaceView>;

export interface NamespaceTreeView extends ListedNamespaceView {
  readonly children: readonly NamespaceTreeView[];
}
export const NamespaceTreeView: z.ZodType<NamespaceTreeView> = z
  .object({ ...namespaceFields, children: z.array(z.lazy(() => NamespaceTreeView)) })
  .meta({ id: "NamespaceTree", description: "A namespace and those below it, each list in the order of names." });

export const NamespacePageView = z
  .object({ results: z.array(ListedNamespaceView), total: z.int().nonnegative() })
  .meta({ id: "NamespacePage" });
export type NamespacePageView = z.infer<typeof NamespacePageView>;

const nullable = {
  description: z.string().meta(DESCRIPTION_RULES).nullable().optional(),
  allowedNamespaces: namespaceSettings.allowedNamespaces.nullable(),
  maxRevisions: namespaceSettings.maxRevisions.nullable(),
  defaultTtl: z.string().meta(TTL_RULES).nullable().optional().meta({ example: "PT24H" }),
  labels: LabelsView.nullable().optional(),
};

export const NamespaceBody = z
  .looseObject({ id: NamespaceId.optional().meta({ description: "A POST needs it." }), ...nullable })
  .meta({ id: "NamespaceBody", description: "null is as good as left out; in a PATCH it removes what is there." });

export const AutocompleteBody = z
  .object({
    q: z.string().nullable().optional().meta({ description: "Text that the name contains, whatever its case." }),
    ids: z.array(z.string()).nullable().optional().meta({ description: "Names that are offered in any case." }),
    existingOnly: z.boolean().nullable().optional().meta({ description: "Leaves out parents that have no row." }),
  })
  .meta({ id: "Autocomplete" });

export const NamespaceContentsView = z
  .object({
    namespace: NamespaceId,
    keys: z.int().nonnegative().meta({ description: "Keys that can be read." }),
    revisions: z.int().nonnegative().meta({ description: "Of these, and of what was deleted or has expired." }),
    bytes: z.int().nonnegative().meta({ description: "Of the values that can be read." }),
  })
  .meta({ id: "NamespaceContents", description: "What a deletion would take with it." });
export type NamespaceContentsView = z.infer<typeof NamespaceContentsView>;

export const ProblemView = z
  .object({
    type: z.enum(Object.keys(PROBLEMS).map((name) => problemTypeOf(name as ProblemName)) as [string, ...string[]]),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    message: z.string(),
    remedy: z.string(),
    requestId: z.string(),
    field: z.string().optional(),
    line: z.int().optional(),
    column: z.int().optional(),
    current: z
      .object({
        revision: z.int(),
        etag: z.string(),
        updateDate: Instant,
        updatedBy: z.string(),
        door: z.string(),
      })
      .optional(),
    get operations() {
      return z
        .array(z.object({ index: z.int(), key: z.string().optional(), status: z.int(), problem: ProblemView }))
        .optional()
        .meta({ description: "What was refused of a batch; `index` counts from 0." });
    },
    import: ImportView.optional().meta({ description: "How far an import came." }),
  })
  .meta({ id: "Problem", description: "RFC 9457." });

const key = z.string().meta({ description: `1 to ${KEY_LENGTH_MAX} code points.` });
const change = {
  key,
  ifMatch: z.string().optional().meta({ description: "The ETag that the key must have, or `*`: only if it exists." }),
  idempotencyKey: z.string().max(IDEMPOTENCY_KEY_LENGTH_MAX).optional(),
};

export const OperationBody = z
  .discriminatedUnion("op", [
    z.object({ op: z.literal("get"), key, peek: z.boolean().optional() }),
    z.object({
      op: z.literal("put"),
      ...change,
      ifNoneMatch: z.literal("*").optional().meta({ description: "Only if the key does not exist." }),
      value: z.unknown(),
      ...said,
    }),
    z.object({ op: z.literal("delete"), ...change }),
  ])
  .meta({ id: "Operation", description: "A put says all there is: a field that is left out is cleared." });

export const BatchBody = z
  .object({
    atomic: z.boolean().optional().meta({ description: "All puts and deletes happen or none." }),
    operations: z.array(OperationBody).max(BATCH_OPERATIONS_MAX),
  })
  .meta({ id: "Batch" });

export const BatchView = z
  .object({
    results: z.array(
      z.object({
        status: z.int().meta({ description: "What the operation would be answered with alone." }),
        entry: EntryView.optional(),
        value: z.unknown().optional().meta({ description: "Of a get: the value, as it was sent." }),
        deleted: z.boolean().optional().meta({ description: "Of a delete: whether there was one." }),
        expired: ExpiredView.optional(),
        problem: ProblemView.optional(),
      }),
    ),
  })
  .meta({ id: "BatchResults", description: "A result for each operation, in their order." });
export type BatchView = z.infer<typeof BatchView>;

export const KeysView = z.object({ keys: z.array(key).max(BULK_DELETE_KEYS_MAX) }).meta({ id: "Keys" });

export const HealthView = z.object({ status: z.enum(["ok", "draining", "unavailable"]) }).meta({ id: "Health" });
