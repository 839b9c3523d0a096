import { z } from "zod";
import { headerComponents, identified } from "./openapi-answers.ts";
import { linked } from "./openapi-links.ts";
import { PATHS } from "./openapi-paths.ts";
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
    ...tagged(identified(linked(PATHS))),
    components: {
      headers: headerComponents,
      schemas: Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, withoutIds(schema)])),
    },
  };
}

/** `$schema` and `$id` mean something else inside an OpenAPI document. */
function withoutIds({ $schema: _schema, $id: _id, id: _name, ...schema }: Record<string, unknown>): object {
  return schema;
}
