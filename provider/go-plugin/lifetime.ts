import type { Socket } from "node:net";

/** Terraform itself gives up on a plugin that takes longer to start. */
const FIRST_CONNECTION_MS_MAX = 60_000;
/** What a client may need to connect again. go-plugin's never does: it keeps one connection until its end. */
const RECONNECTION_MS_MAX = 1_000;

/** Exit codes by signal: 128 and its number. */
const EXIT = { SIGINT: 130, SIGTERM: 143 } as const;

export type End = (code: number) => void;

/**
 * The one way out of the process. Whatever comes first (Shutdown, a signal, a lost Terraform) tells the provider once.
 * @param onStop must not wait for anything; nothing that it starts will finish
 */
export function wayOut(onStop: (() => void) | undefined, exit: End = process.exit): End {
  let ending = false;
  return (code) => {
    if (ending) return;
    ending = true;
    try {
      onStop?.();
    } finally {
      exit(code);
    }
  };
}

/**
 * Ctrl-C and a closing terminal reach the whole process group. Terraform then says itself what it wants: StopProvider,
 * so that calls under way end with their own diagnostic, and at last Shutdown or a closed connection.
 */
export function leaveInterruptsToTerraform(end: End): void {
  process.on("SIGINT", () => undefined);
  process.on("SIGHUP", () => undefined);
  process.once("SIGTERM", () => end(EXIT.SIGTERM));
}

/** Started by hand, for a debugger: Ctrl-C is meant for us. */
export function endOnInterrupt(end: End): void {
  process.once("SIGINT", () => end(EXIT.SIGINT));
  process.once("SIGTERM", () => end(EXIT.SIGTERM));
}

/**
 * Ends a process that nobody is connected to. Nothing else tells: stdin is the terminal that Terraform itself reads,
 * and a Terraform that was killed says no goodbye.
 * @returns must be given every accepted connection
 */
export function endWhenAlone(end: () => void): (connection: Socket) => void {
  let connections = 0;
  let alone = setTimeout(end, FIRST_CONNECTION_MS_MAX);
  return (connection) => {
    connections += 1;
    clearTimeout(alone);
    connection.once("close", () => {
      connections -= 1;
      if (connections === 0) alone = setTimeout(end, RECONNECTION_MS_MAX);
    });
  };
}
