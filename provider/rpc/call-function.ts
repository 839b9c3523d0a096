import { decodeMsgpack } from "../cty/decode.ts";
import { encodeMsgpack } from "../cty/encode.ts";
import { valueFromStateJson } from "../cty/state-json.ts";
import type { Type } from "../cty/type.ts";
import type { Value } from "../cty/value.ts";
import { type CallFunction_Request, CallFunction_Response, type DynamicValue } from "../gen/tfplugin6.ts";
import { ArgumentError } from "../schema/function.ts";
import type { Rpc } from "./answer.ts";
import { NOTHING } from "./wire.ts";

/** Needs no configured provider: Terraform calls functions while it reads the configuration. */
export const callFunction: Rpc<CallFunction_Request, CallFunction_Response> = {
  handle({ provider }, { name, arguments: sent }) {
    const called = Object.hasOwn(provider.functions, name) ? provider.functions[name] : undefined;
    if (!called)
      return refused(`This version of the provider has no function "${name}". Run "terraform init -upgrade".`);
    try {
      const args = called.parameters.map(({ type }, at) => argumentFrom(sent[at], type));
      const result = called.call(args);
      return CallFunction_Response.create({
        result: { msgpack: encodeMsgpack(result, called.returns), json: NOTHING },
      });
    } catch (failure) {
      if (failure instanceof ArgumentError) return refused(failure.message, failure.argument);
      throw failure;
    }
  },
  refuse: (_, { summary, detail }) => refused(`${summary}: ${detail}`),
};

function argumentFrom(sent: DynamicValue | undefined, type: Type): Value {
  if (sent && sent.msgpack.length > 0) return decodeMsgpack(sent.msgpack, type);
  return valueFromStateJson(Buffer.from(sent?.json ?? NOTHING).toString(), type);
}

const refused = (text: string, functionArgument?: number): CallFunction_Response =>
  CallFunction_Response.create({ error: { text: text.toWellFormed(), functionArgument } });
