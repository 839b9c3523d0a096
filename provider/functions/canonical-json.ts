import { canonicalJson } from "../cty/canonical-json.ts";
import { CtyError } from "../cty/error.ts";
import { str } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import { ArgumentError, type ProviderFunction, textOf } from "../schema/function.ts";

export const canonicalJsonFunction: ProviderFunction = {
  summary: "The one spelling of a JSON document",
  description:
    "Two documents mean the same exactly when this makes the same text of them: no white space, names in the order of their bytes, numbers with all their digits in one spelling. Unlike `jsonencode(jsondecode(…))` it loses no digit.",
  parameters: [{ name: "json", type: STRING, description: "A JSON document." }],
  returns: STRING,
  call(args) {
    try {
      return str(canonicalJson(textOf(args, 0)));
    } catch (failure) {
      if (failure instanceof CtyError) throw new ArgumentError(0, `This is no JSON document: ${failure.message}.`);
      throw failure;
    }
  },
};
