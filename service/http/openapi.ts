import { z } from "zod";
import { HealthView } from "../../api/schema.ts";
import { batchKeys, deleteKeys } from "./openapi-batch.ts";
import { listRevisionsOperation, REVISION_IN_PATH, REVISION_IN_QUERY, restoreOperation } from "./openapi-history.ts";
import { entryOperations, listKeys } from "./openapi-kv.ts";
import { namespacePaths } from "./openapi-namespaces.ts";
import { json, keyIn, operation, SCOPE } from "./openapi-parts.ts";
import { purgeKeys } from "./openapi-purge.ts";
import { tagged } from "./openapi-tags.ts";

/** The OpenAPI 3.1 document: schemas from the contract's constants, paths from the tables below. */
export function openapiDocument(): object {
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    uri: (id) => `#/components/schemas/${id}`,
    unrepresentable: "any",
  });
  return {
    openapi: "3.1.0",
    info: {
      title: "Namespace KV",
      version: "1",
      description:
        "A key-value store in which every key belongs to a namespace. Below `/api/v1` the same paths serve the tenant `main`.",
    },
    servers: [{ url: "/" }],
    ...tagged({
      ...namespacePaths,
      "/api/v1/{tenant}/namespaces/{namespace}/kv": { parameters: SCOPE, get: listKeys, delete: deleteKeys },
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
    }),
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutIds(schema)])),
    },
  };
}

/** `$schema` and `$id` mean something else inside an OpenAPI document. */
function withoutIds({ $schema: _schema, $id: _id, id: _name, ...schema }: Record<string, unknown>): object {
  return schema;
}
