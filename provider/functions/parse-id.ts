import { obj, str } from "../cty/make.ts";
import { objectType, STRING } from "../cty/type.ts";
import { placeOfId } from "../resources/import-id.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import { ArgumentError, type ProviderFunction, textOf } from "../schema/function.ts";

export const parseId: ProviderFunction = {
  summary: "The namespace and the key of an ID",
  description:
    "Takes the `id` of a `namespace_kv` apart. A namespace has no slash, so the first one divides, and a key may have more.",
  parameters: [{ name: "id", type: STRING, description: "Such as `company.team/flags/dark-mode`." }],
  returns: objectType({ namespace: STRING, key: STRING }),
  call(args) {
    try {
      const { namespace, key } = placeOfId(textOf(args, 0));
      return obj({ namespace: str(namespace), key: str(key) });
    } catch (failure) {
      if (failure instanceof DiagnosticError) throw new ArgumentError(0, failure.diagnostic.detail);
      throw failure;
    }
  },
};
