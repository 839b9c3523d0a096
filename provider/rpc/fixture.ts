import type { ServerUnaryCall } from "@grpc/grpc-js";
import { encodeMsgpack } from "../cty/encode.ts";
import { nullOf, str } from "../cty/make.ts";
import type { Value } from "../cty/value.ts";
import * as tfplugin6 from "../gen/tfplugin6.ts";
import { namespaceProvider } from "../provider.ts";
import { NAMESPACE_KV } from "../resources/namespace-kv-schema.ts";
import { type Schema, typeOfSchema, withNulls } from "../schema/schema.ts";
import { SETTINGS } from "../settings.ts";
import { type Implementation, implementation } from "./implementation.ts";
import { newServer, type Server } from "./server.ts";
import { objectFrom } from "./wire.ts";

/** Calls on the provider's methods as Terraform makes them, for tests. */

/** The parts of the answers that tests read. */
export type Answer = Readonly<Record<string, unknown>> & {
  readonly diagnostics: readonly tfplugin6.Diagnostic[];
  readonly newState?: tfplugin6.DynamicValue;
  readonly plannedState?: tfplugin6.DynamicValue;
  readonly upgradedState?: tfplugin6.DynamicValue;
  readonly private?: Uint8Array;
};

export const started = (): Server => newServer(namespaceProvider({}));

/** Calls a method as gRPC does, serialisation of the answer included. */
export function call<Name extends keyof Implementation>(server: Server, name: Name, request: object): Promise<Answer> {
  const handler = implementation(server)[name] as (
    call: ServerUnaryCall<object, object>,
    done: (error: unknown, answer: object) => void,
  ) => void;
  const method = tfplugin6.ProviderService[name];
  return new Promise((resolve, reject) => {
    handler({ request } as ServerUnaryCall<object, object>, (error, answer) => {
      if (error) return reject(error);
      const bytes = (method.responseSerialize as (answer: object) => Buffer)(answer);
      resolve(method.responseDeserialize(bytes) as unknown as Answer);
    });
  });
}

export const wire = (schema: Schema, value: Value) => ({
  msgpack: encodeMsgpack(value, typeOfSchema(schema)),
  json: new Uint8Array(),
});
/** A state, plan or configuration of namespace_kv on the wire. */
export const kv = (value: Value) => wire(NAMESPACE_KV, value);
export const NO_KV = kv(nullOf(typeOfSchema(NAMESPACE_KV)));
/** The way back, from either form. */
export const read = (sent: tfplugin6.DynamicValue | undefined) =>
  objectFrom(NAMESPACE_KV, sent) ?? nullOf(typeOfSchema(NAMESPACE_KV));

const settings = (values: Readonly<Record<string, Value>>) => ({
  config: wire(SETTINGS, withNulls(SETTINGS, values)),
});
/** A key that Terraform manages; `s3cr3t` must appear in no diagnostic. */
export const STATE = withNulls(NAMESPACE_KV, {
  namespace: str("n"),
  key: str("k"),
  type: str("STRING"),
  value: str("s3cr3t"),
  etag: str("e"),
});
export const REQUEST = { typeName: "namespace_kv" };

/** A provider that knows where the service is. */
export async function configured(endpoint: Value = str("http://kv.test")): Promise<Server> {
  const server = started();
  const { diagnostics } = await call(server, "configureProvider", settings({ endpoint }));
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return server;
}
