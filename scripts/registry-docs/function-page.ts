import type { ProviderFunction } from "../../provider/schema/function.ts";
import { codeBlock } from "./page.ts";
import { typeInSignature, typeName } from "./type.ts";

/** The sections "Signature" and "Arguments" of a function's page. */
export function functionSections(name: string, { parameters, returns }: ProviderFunction): readonly string[] {
  const signature = parameters.map((parameter) => `${parameter.name} ${typeInSignature(parameter.type)}`).join(", ");
  const list = parameters.map(
    (parameter) => `1. \`${parameter.name}\` (${typeName(parameter.type)}) ${parameter.description}`,
  );
  return [
    "## Signature",
    codeBlock("text", `${name}(${signature}) ${typeInSignature(returns)}`),
    "## Arguments",
    list.join("\n"),
  ];
}
