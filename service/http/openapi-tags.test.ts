import { expect, it } from "vitest";
import { openapiDocument } from "./openapi.ts";
import { tagged } from "./openapi-tags.ts";

const operationsOf = (paths: object) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.values(item as Record<string, { tags?: string[]; operationId?: string }>)
      .filter(({ operationId }) => operationId !== undefined)
      .map(({ tags }) => ({ path, tags })),
  );

it("each operation has one heading, below the API never that of the operator, and each heading is described once", () => {
  const { tags, paths } = openapiDocument() as { tags: { name: string }[]; paths: object };
  const operations = operationsOf(paths);
  expect(operations.length).toBeGreaterThan(20);
  const wrong = operations.filter(
    ({ path, tags = [] }) => tags.length !== 1 || (tags[0] === "Operations") === path.startsWith("/api/"),
  );
  expect(wrong).toEqual([]);
  const used = [...new Set(operations.flatMap(({ tags = [] }) => tags))].sort();
  expect(tags.map(({ name }) => name).sort()).toEqual(used);
});

it.each([
  ["/api/v1/{tenant}/namespaces/{namespace}/kv/{key}", "Keys"],
  ["/api/v1/{tenant}/namespaces/{namespace}/kv:entry", "Keys"],
  ["/api/v1/{tenant}/namespaces/{namespace}/kv", "Many keys"],
  ["/api/v1/{tenant}/namespaces/{namespace}/kv:batch", "Many keys"],
  ["/api/v1/{tenant}/namespaces/{namespace}/kv/{key}/revisions", "History"],
  ["/api/v1/{tenant}/namespaces/{namespace}/kv:restore", "History"],
  ["/api/v1/{tenant}/kv:watch", "Watch"],
  ["/api/v1/{tenant}/namespaces/{namespace}/kv:import", "Import and export"],
  ["/api/v1/{tenant}/namespaces/{namespace}", "Namespaces"],
  ["/readyz", "Operations"],
])("%s is below %s", (path, tag) => {
  expect(tagged({ [path]: { get: { operationId: "x" }, parameters: [] } }).paths).toEqual({
    [path]: { get: { tags: [tag], operationId: "x" }, parameters: [] },
  });
});
