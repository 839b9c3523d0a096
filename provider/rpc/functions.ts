import { printType } from "../cty/type-notation.ts";
import * as tfplugin6 from "../gen/tfplugin6.ts";
import type { ProviderFunction } from "../schema/function.ts";

type Functions = Readonly<Record<string, ProviderFunction>>;

/** Functions as the protocol describes them. Without `allow…` Terraform itself answers for null and unknown arguments. */
export function toFunctions(functions: Functions): Record<string, tfplugin6.FunctionMessage> {
  return Object.fromEntries(Object.entries(functions).map(([name, described]) => [name, toFunction(described)]));
}

function toFunction({ summary, description, parameters, returns }: ProviderFunction): tfplugin6.FunctionMessage {
  return tfplugin6.FunctionMessage.create({
    summary,
    description,
    descriptionKind: tfplugin6.StringKind.MARKDOWN,
    parameters: parameters.map((parameter) => ({
      name: parameter.name,
      type: Buffer.from(printType(parameter.type)),
      description: parameter.description,
      descriptionKind: tfplugin6.StringKind.MARKDOWN,
      allowNullValue: false,
      allowUnknownValues: false,
    })),
    return: { type: Buffer.from(printType(returns)) },
  });
}
