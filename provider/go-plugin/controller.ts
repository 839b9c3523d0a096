import type { GRPCControllerServer } from "../gen/grpc_controller.ts";

/**
 * go-plugin's controller. Its client waits for our exit, in every single run of Terraform, so nothing but the
 * answer stands between the request and the end.
 * @param end ends the process
 */
export function controller(end: () => void): Pick<GRPCControllerServer, "shutdown"> {
  return {
    shutdown(_call, callback) {
      callback(null, {});
      // After the event loop has written the answer; a timer here would cost its whole length in each run.
      setImmediate(end);
    },
  };
}
