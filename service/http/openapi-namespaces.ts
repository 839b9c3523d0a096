import { SEARCH_PAGE_SIZE_DEFAULT, SEARCH_PAGE_SIZE_MAX } from "../../api/limits.ts";
import {
  AutocompleteBody,
  NamespaceBody,
  NamespaceContentsView,
  NamespacePageView,
  NamespaceTreeView,
  NamespaceView,
} from "../../api/schema.ts";
import { ETAG_HEADER, flag, json, listOf, operation, problems, ref, SCOPE, text } from "./openapi-parts.ts";

const TENANT = SCOPE.slice(0, 1);
const REUSED = "idempotency-key-reused" as const;
const ALWAYS = ["malformed-request", "invalid-field", "unavailable"] as const;
const ONE = { ...json("The namespace.", NamespaceView), headers: ETAG_HEADER };
const BODY = { required: true, content: { "application/json": { schema: ref(NamespaceBody) } } };
const PATCH_BODY = {
  required: true,
  content: { ...BODY.content, "application/merge-patch+json": { schema: ref(NamespaceBody) } },
};
const IF_MATCH = text("If-Match", "header", "Only if the namespace has this ETag; `*`: only if it has a row.");
const IF_NONE_MATCH = text("If-None-Match", "header", "`*`: only if nobody has made it by hand.");
const REPEATS = text("Idempotency-Key", "header", "A repeat of a change with the same key gets the first answer.");
const number = (name: string, description: string, unsaid: number, maximum?: number) => ({
  ...text(name, "query", description),
  schema: { type: "integer", minimum: 1, ...(maximum !== undefined && { maximum }), default: unsaid },
});

const collection = {
  get: operation(
    "listNamespaces",
    "The tree of namespaces",
    { 200: listOf("The roots, each with those below it.", ref(NamespaceTreeView)), ...problems(...ALWAYS) },
    { parameters: [text("under", "query", "Only this namespace and those below it.")] },
  ),
  post: operation(
    "createNamespace",
    "Create a namespace",
    { 200: ONE, ...problems(...ALWAYS, "namespace-exists", "too-large", "upload-incomplete", REUSED) },
    { parameters: [REPEATS], requestBody: BODY },
  ),
};

const searching = operation(
  "searchNamespaces",
  "Search namespaces",
  { 200: json("One page, in the order of names.", NamespacePageView), ...problems(...ALWAYS) },
  {
    parameters: [
      text("q", "query", "Text that the name contains, whatever its case."),
      text("filters[q][EQUALS]", "query", "The same, as Kestra's newer clients spell it."),
      flag("existing", "Leaves out parents that have no row."),
      number("page", "Counts from 1.", 1),
      number("size", "Namespaces in one page.", SEARCH_PAGE_SIZE_DEFAULT, SEARCH_PAGE_SIZE_MAX),
      text("sort", "query", "`id:asc` or `id:desc`."),
    ],
  },
);

const completing = operation(
  "autocompleteNamespaces",
  "Names for a text that somebody types",
  {
    200: listOf("Names in their order.", { type: "string" }),
    ...problems(...ALWAYS, "too-large", "upload-incomplete"),
  },
  { requestBody: { content: { "application/json": { schema: ref(AutocompleteBody) } } } },
);

const WRITING = [...ALWAYS, "namespace-changed", "too-large", "upload-incomplete", REUSED] as const;

const one = {
  get: operation(
    "getNamespace",
    "Read a namespace",
    {
      200: ONE,
      304: { description: "The reader has this revision." },
      ...problems(...ALWAYS, "not-found", "namespace-changed"),
    },
    { parameters: [IF_MATCH, text("If-None-Match", "header", "Answers 304 when the namespace still has this ETag.")] },
  ),
  put: operation(
    "putNamespace",
    "Replace all that is said about a namespace, or create it",
    { 200: ONE, ...problems(...WRITING, "namespace-exists") },
    { parameters: [IF_MATCH, IF_NONE_MATCH, REPEATS], requestBody: BODY },
  ),
  patch: operation(
    "patchNamespace",
    "Change what is named, each field whole",
    { 200: ONE, ...problems(...WRITING, "not-found", "namespace-exists") },
    { parameters: [IF_MATCH, IF_NONE_MATCH, REPEATS], requestBody: PATCH_BODY },
  ),
  delete: operation(
    "deleteNamespace",
    "Delete a namespace and the history of its keys; those below it stay",
    {
      200: json("With `dryRun=true`: what would go.", NamespaceContentsView),
      204: { description: "It is gone." },
      ...problems(...ALWAYS, "not-found", "namespace-changed", "namespace-not-empty", REUSED),
    },
    {
      parameters: [
        flag("force", "Deletes its keys as well, in steps: a request that breaks off is repeated to go on."),
        flag("dryRun", "Counts, and changes nothing."),
        IF_MATCH,
        REPEATS,
      ],
    },
  ),
};

export const namespacePaths = {
  "/api/v1/{tenant}/namespaces": { parameters: TENANT, ...collection },
  "/api/v1/{tenant}/namespaces/search": { parameters: TENANT, get: searching },
  "/api/v1/{tenant}/namespaces/autocomplete": { parameters: TENANT, post: completing },
  "/api/v1/{tenant}/namespaces/{namespace}": { parameters: SCOPE, ...one },
};
