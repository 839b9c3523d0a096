import type { GRPCStdioServer } from "../gen/grpc_stdio.ts";

/**
 * go-plugin's stdio. It carries nothing: what we have to say goes to stderr, which Terraform reads from the pipe. But
 * Terraform opens the stream first and closes it last, so its end says that Terraform has ended, however it died.
 * @param gone called when the other side closed the stream or is no more
 */
export function stdio(gone: () => void): Pick<GRPCStdioServer, "streamStdio"> {
  return {
    streamStdio(call) {
      call.once("cancelled", gone);
    },
  };
}
