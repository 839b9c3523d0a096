import { status } from "@grpc/grpc-js";
import { type HealthCheckResponse, HealthCheckResponse_ServingStatus, type HealthServer } from "../gen/grpc_health.ts";

/** Empty is the server as a whole; "plugin" is the name that go-plugin's Ping asks for. */
const SERVICES: ReadonlySet<string> = new Set(["", "plugin"]);
const SERVING: HealthCheckResponse = { status: HealthCheckResponse_ServingStatus.SERVING };
const UNKNOWN: HealthCheckResponse = { status: HealthCheckResponse_ServingStatus.SERVICE_UNKNOWN };

/** gRPC's health service: a plugin that answers at all is well until it ends. */
export const health: Pick<HealthServer, "check" | "watch"> = {
  check(call, callback) {
    if (SERVICES.has(call.request.service)) callback(null, SERVING);
    else callback({ code: status.NOT_FOUND, details: "unknown service" });
  },
  watch(call) {
    // Never ended: the state does not change, and the protocol has the stream stay open for when it does.
    call.write(SERVICES.has(call.request.service) ? SERVING : UNKNOWN);
  },
};
