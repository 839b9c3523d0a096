import type { handleUnaryCall } from "@grpc/grpc-js";
import { CtyError } from "../cty/error.ts";
import { printPath } from "../cty/path.ts";
import type * as tfplugin6 from "../gen/tfplugin6.ts";
import { bug, type Diagnostic, DiagnosticError, error } from "../schema/diagnostic.ts";
import type { Provider } from "../schema/provider.ts";
import type { Server } from "./server.ts";
import { toDiagnostic } from "./wire.ts";

/** One method of the protocol. */
export interface Rpc<Request, Response> {
  /** wire → change → outcome → wire. Whatever it throws becomes a diagnostic. */
  handle(server: Server, request: Request): Response | Promise<Response>;
  /** The answer that changes nothing and says what went wrong. */
  refuse(request: Request, wrong: tfplugin6.Diagnostic): Response;
}

/** A handler for gRPC that always answers: to Terraform a gRPC error is a crashed plugin, and it would forget a resource
 *  that was just created. */
export function answering<Request, Response>(
  server: Server,
  { handle, refuse }: Rpc<Request, Response>,
): handleUnaryCall<Request, Response> {
  return ({ request }, callback) => {
    Promise.resolve()
      .then(() => handle(server, request))
      .catch((failure: unknown) => refuse(request, toDiagnostic(diagnosticOf(server.provider, failure))))
      .then((answer) => callback(null, answer))
      .catch((failure: unknown) => callback(failure instanceof Error ? failure : new Error("no answer could be made")));
  };
}

/** What to say of anything that was thrown. */
export function diagnosticOf(provider: Provider<unknown>, failure: unknown): Diagnostic {
  if (failure instanceof DiagnosticError) return failure.diagnostic;
  if (failure instanceof CtyError) return unusable(failure);
  return provider.explain(failure) ?? bug(failure);
}

function unusable({ path, reason }: CtyError): Diagnostic {
  const at = path.length === 0 ? "" : `At ${printPath(path)}: `;
  return error("This value cannot be used", `${at}${reason}. Correct it in the configuration.`, path);
}
