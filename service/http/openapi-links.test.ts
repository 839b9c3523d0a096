import { expect, it } from "vitest";
import { openapiDocument } from "./openapi.ts";

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly links?: Readonly<Record<string, Link>> }>>;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
}
interface Link {
  readonly operationId: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const { paths } = openapiDocument() as {
  paths: Record<string, { parameters?: readonly Parameter[] } & Record<string, Operation>>;
};
const operations = Object.values(paths).flatMap(({ parameters = [], ...methods }) =>
  Object.values(methods as Record<string, Operation>).map((one) => ({
    ...one,
    parameters: [...parameters, ...(one.parameters ?? [])],
  })),
);
const links = operations.flatMap(({ operationId: from, responses }) =>
  Object.values(responses).flatMap((answer) => Object.values(answer.links ?? {}).map((link) => ({ from, ...link }))),
);

it("what is made leads to what can be done with it: a key's value and history, a namespace, a webhook", () => {
  const ways = links.map(({ from, operationId }) => `${from} ${operationId}`);
  expect(ways).toEqual(
    expect.arrayContaining(["putKey getKey", "putKeyByQuery restoreRevisionByQuery", "createNamespace putKey"]),
  );
  expect(ways).toContain("createWebhook listWebhookDeliveries");
});

it.each(links)("the link from $from to $operationId says all that is required there", ({ operationId, parameters }) => {
  const target = operations.find((operation) => operation.operationId === operationId);
  const required = target?.parameters.filter((parameter) => parameter.required).map(({ name }) => name) ?? [];
  const open = operationId.startsWith("putKey") ? ["key"] : [];
  expect(new Set([...Object.keys(parameters), ...open])).toEqual(new Set(required));
});
