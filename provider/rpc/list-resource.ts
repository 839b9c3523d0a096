import { once } from "node:events";
import type { handleServerStreamingCall, ServerWritableStream } from "@grpc/grpc-js";
import { ListResource_Event, type ListResource_Request } from "../gen/tfplugin6.ts";
import type { Found } from "../schema/list-resource.ts";
import type { Resource } from "../schema/provider.ts";
import { diagnosticOf } from "./answer.ts";
import { identityIn } from "./identity.ts";
import { listResourceOf, resourceOf, type Server } from "./server.ts";
import { listConfigFrom, toDiagnostic, toDynamicValue } from "./wire.ts";

type Stream = ServerWritableStream<ListResource_Request, ListResource_Event>;

/** A stream, which ends with a diagnostic where something goes wrong: a gRPC error would be a crashed plugin. The service
 *  is asked for no more than Terraform takes. */
export const listResource =
  (server: Server): handleServerStreamingCall<ListResource_Request, ListResource_Event> =>
  (call) => {
    send(server, call)
      .catch((failure: unknown) => {
        const wrong = toDiagnostic(diagnosticOf(server.provider, failure));
        if (!call.cancelled) call.write(ListResource_Event.create({ diagnostic: [wrong] }));
      })
      .finally(() => call.end());
  };

async function send(server: Server, call: Stream): Promise<void> {
  const cancelled = new AbortController();
  call.once("cancelled", () => cancelled.abort());
  const limit = call.request.limit > 0 ? call.request.limit : Number.POSITIVE_INFINITY;
  let sent = 0;
  for await (const event of eventsOf(server, call.request, limit, cancelled.signal)) {
    if (!call.write(event)) await once(call, "drain", { signal: cancelled.signal });
    if (++sent === limit) return;
  }
}

async function* eventsOf(
  server: Server,
  request: ListResource_Request,
  limit: number,
  cancelled: AbortSignal,
): AsyncGenerator<ListResource_Event> {
  const resource = resourceOf(server, request.typeName);
  const listed = listResourceOf(server, request.typeName);
  const session = server.session();
  const wanted = { limit, states: request.includeResourceObject };
  const signal = AbortSignal.any([session.signal, cancelled]);
  for await (const found of listed.list(listConfigFrom(listed.schema, request.config), wanted, { ...session, signal }))
    yield toEvent(resource, found);
}

const toEvent = (resource: Resource<unknown>, { name, identity, state, diagnostics = [] }: Found) =>
  ListResource_Event.create({
    identity: identityIn(resource, identity),
    displayName: name,
    resourceObject: state && toDynamicValue(resource.schema, state),
    diagnostic: diagnostics.map(toDiagnostic),
  });
