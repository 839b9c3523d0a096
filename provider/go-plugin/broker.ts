import type { GRPCBrokerServer } from "../gen/grpc_broker.ts";

/**
 * go-plugin's broker. Terraform opens its stream and asks for no connection in it, so we only keep it open: a client
 * that is told "unimplemented" writes a warning into Terraform's log in each run.
 */
export const broker: Pick<GRPCBrokerServer, "startStream"> = {
  startStream(call) {
    call.on("end", () => call.end());
    // A stream that nobody reads never ends.
    call.resume();
  },
};
