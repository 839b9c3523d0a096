import { HealthView } from "../../api/schema.ts";
import { batchKeys, deleteKeys } from "./openapi-batch.ts";
import { listRevisionsOperation, REVISION_IN_PATH, REVISION_IN_QUERY, restoreOperation } from "./openapi-history.ts";
import { entryOperations } from "./openapi-kv.ts";
import { listInherited, listKeys, searchKeys } from "./openapi-lists.ts";
import { namespacePaths } from "./openapi-namespaces.ts";
import { json, keyIn, operation, SCOPE } from "./openapi-parts.ts";
import { purgeKeys } from "./openapi-purge.ts";
import { exportKeys, exportKeysByPost, importKeys } from "./openapi-transfer.ts";
import { watchNamespace, watchTenant } from "./openapi-watch.ts";
import { webhookPaths } from "./openapi-webhooks.ts";

/** Every address and what it takes and answers, one line each; the tables of each group lie in files of their own. */
export const PATHS = {
  ...namespacePaths,
  ...webhookPaths,
  "/api/v1/{tenant}/namespaces/{namespace}/kv": { parameters: SCOPE, get: listKeys, delete: deleteKeys },
  "/api/v1/{tenant}/namespaces/{namespace}/kv/inheritance": { parameters: SCOPE, get: listInherited },
  "/api/v1/{tenant}/kv": { parameters: SCOPE.slice(0, 1), get: searchKeys },
  "/api/v1/{tenant}/namespaces/{namespace}/kv:batch": { parameters: SCOPE, post: batchKeys },
  "/api/v1/{tenant}/namespaces/{namespace}/kv/{key}": {
    parameters: [...SCOPE, keyIn("path")],
    ...entryOperations(""),
  },
  "/api/v1/{tenant}/namespaces/{namespace}/kv:entry": {
    parameters: [...SCOPE, keyIn("query")],
    ...entryOperations("ByQuery"),
  },
  "/api/v1/{tenant}/namespaces/{namespace}/kv/{key}/revisions": {
    parameters: [...SCOPE, keyIn("path")],
    get: listRevisionsOperation(""),
  },
  "/api/v1/{tenant}/namespaces/{namespace}/kv:revisions": {
    parameters: [...SCOPE, keyIn("query")],
    get: listRevisionsOperation("ByQuery"),
  },
  "/api/v1/{tenant}/namespaces/{namespace}/kv/{key}/revisions/{revision}/restore": {
    parameters: [...SCOPE, keyIn("path"), REVISION_IN_PATH],
    post: restoreOperation(""),
  },
  "/api/v1/{tenant}/namespaces/{namespace}/kv:restore": {
    parameters: [...SCOPE, keyIn("query"), REVISION_IN_QUERY],
    post: restoreOperation("ByQuery"),
  },
  "/api/v1/{tenant}/namespaces/{namespace}/kv:purge": { parameters: SCOPE, post: purgeKeys },
  "/api/v1/{tenant}/namespaces/{namespace}/kv:export": { parameters: SCOPE, get: exportKeys, post: exportKeysByPost },
  "/api/v1/{tenant}/namespaces/{namespace}/kv:import": { parameters: SCOPE, post: importKeys },
  "/api/v1/{tenant}/namespaces/{namespace}/kv:watch": { parameters: SCOPE, get: watchNamespace },
  "/api/v1/{tenant}/kv:watch": { parameters: SCOPE.slice(0, 1), get: watchTenant },
  "/healthz": { get: operation("health", "Whether the process lives", { 200: json("It does.", HealthView) }) },
  "/readyz": {
    get: operation("readiness", "Whether the stores answer", {
      200: json("They do.", HealthView),
      503: json("They do not, or the service is about to stop.", HealthView),
    }),
  },
  "/metrics": {
    get: operation("metrics", "Figures for Prometheus", {
      200: { description: "Prometheus' text format.", content: { "text/plain": { schema: { type: "string" } } } },
    }),
  },
  "/docs": {
    get: operation("docs", "A page that shows this document", {
      200: { description: "HTML.", content: { "text/html": { schema: { type: "string" } } } },
      304: { description: "The page that `If-None-Match` names." },
    }),
  },
  "/openapi.json": { get: operation("openapi", "This document", { 200: { description: "OpenAPI 3.1." } }) },
};
