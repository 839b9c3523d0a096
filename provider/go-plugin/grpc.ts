import type { Socket } from "node:net";
import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { GRPCBrokerService } from "../gen/grpc_broker.ts";
import { GRPCControllerService } from "../gen/grpc_controller.ts";
import { HealthService } from "../gen/grpc_health.ts";
import { GRPCStdioService } from "../gen/grpc_stdio.ts";
import { broker } from "./broker.ts";
import { controller } from "./controller.ts";
import { health } from "./health.ts";
import { stdio } from "./stdio.ts";

/** As in Terraform's own libraries; a schema or a state may well pass gRPC's usual 4 MiB. */
const MESSAGE_BYTES_MAX = 256 * 1_024 * 1_024;

export interface Services {
  readonly service: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
  /** Shutdown was called. */
  readonly end: () => void;
  /** The client's stdio stream broke off. */
  readonly gone: () => void;
}

/**
 * A gRPC server without an address of its own, for the provider's service and go-plugin's.
 * @returns serves one connection, whose TLS, if any, is done
 */
export function grpcServer({ service, implementation, end, gone }: Services): (connection: Socket) => void {
  const server = new Server({
    "grpc.max_receive_message_length": MESSAGE_BYTES_MAX,
    "grpc.max_send_message_length": MESSAGE_BYTES_MAX,
    "grpc.enable_channelz": 0, // bookkeeping per call that nobody asks for
  });
  server.addService(service, implementation);
  server.addService(HealthService, health);
  server.addService(GRPCControllerService, controller(end));
  server.addService(GRPCStdioService, stdio(gone));
  server.addService(GRPCBrokerService, broker);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return (connection) => injector.injectConnection(connection);
}
