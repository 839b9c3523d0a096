import { str } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import { keyFault, namespaceFault } from "../resources/fields.ts";
import { ArgumentError, type ProviderFunction, textOf } from "../schema/function.ts";

export const kvId: ProviderFunction = {
  summary: "The ID of a key",
  description: "Joins a namespace and a key to the `id` that `namespace_kv` has and that an import takes.",
  parameters: [
    { name: "namespace", type: STRING, description: "A dotted path such as `company.team`." },
    { name: "key", type: STRING, description: "Any text of 1 to 256 code points." },
  ],
  returns: STRING,
  call(args) {
    const [namespace, key] = [textOf(args, 0), textOf(args, 1)];
    for (const [at, fault] of [namespaceFault(namespace), keyFault(key)].entries())
      if (fault !== undefined) throw new ArgumentError(at, fault);
    return str(`${namespace}/${key}`);
  },
};
