import { unlinkSync, writeSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import { type Identity, serverIdentity } from "./certificate.ts";
import { type Address, type Environment, handshakeLine, offersWithoutOurs, reattachment } from "./handshake.ts";
import { endOnInterrupt, endWhenAlone, leaveInterruptsToTerraform, wayOut } from "./lifetime.ts";
import { listen } from "./listen.ts";
import { clientCertificate, mutualTls } from "./tls.ts";

const STDOUT = 1;

/** What a program serves as a Terraform plugin. */
export interface Plugin {
  /** Of protocol 6: `ProviderService` from the generated code. */
  readonly service: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
  /** The provider's source address, `host/namespace/type`. */
  readonly address: string;
  readonly version: string;
  /** Called once when the process is about to end, for whatever reason. It has no time to wait for anything. */
  readonly onStop?: () => void;
}

/**
 * Serves the plugin until Terraform asks it to end, or is gone: go-plugin's contract for a process.
 * The handshake line is the first thing on stdout, and the last.
 * Resolves when it is ready for calls. Fails when it cannot listen or `PLUGIN_CLIENT_CERT` is no certificate.
 */
export async function serve(plugin: Plugin, env: Environment): Promise<void> {
  const end = wayOut(plugin.onStop);
  leaveInterruptsToTerraform(end);
  const only = clientCertificate(env);
  const identity = only && serverIdentity();
  await open(plugin, env, {
    tls: only && identity && { only, identity },
    watch: endWhenAlone(() => end(0)),
    end: () => end(0),
    gone: () => end(0),
    announce: (at) => {
      complainAboutVersions(env);
      // Not process.stdout: the stream object alone takes a millisecond to make.
      writeSync(STDOUT, `${handshakeLine(at, identity?.certificate, env)}\n`);
    },
  });
}

/**
 * Serves the plugin for a Terraform that is told where to find it, without TLS, until Ctrl-C. Callers come and go.
 * Fails when it cannot listen.
 */
export async function serveForDebugger(plugin: Plugin, env: Environment): Promise<void> {
  const end = wayOut(plugin.onStop);
  endOnInterrupt(end);
  await open(plugin, env, {
    tls: undefined,
    watch: () => undefined,
    end: () => end(0),
    gone: () => undefined,
    announce: (at) => {
      const settings = reattachment(plugin.address, at, process.pid);
      process.stdout.write(
        `The provider runs. Let Terraform find it with:\n\n  export ${settings}\n\nCtrl-C ends it.\n`,
      );
    },
  });
}

interface Manner {
  readonly tls: { readonly only: Buffer; readonly identity: Identity } | undefined;
  readonly watch: (connection: Socket) => void;
  readonly end: () => void;
  readonly gone: () => void;
  readonly announce: (at: Address) => void;
}

async function open({ service, implementation }: Plugin, env: Environment, manner: Manner): Promise<void> {
  const { tls, watch, end, gone } = manner;
  let loading: Promise<(connection: Socket) => void> | undefined;
  const load = async () => (await import("./grpc.ts")).grpcServer({ service, implementation, end, gone });
  const accept = (connection: Socket) => {
    watch(connection);
    // A connection may come while gRPC is being loaded; a failure to load is reported below.
    loading?.then((take) => take(connection)).catch(() => connection.destroy());
  };
  const server = tls ? mutualTls(tls.identity, tls.only, accept) : createServer(accept);
  const at = await listen(server, env);
  if (at.network === "unix") process.once("exit", () => removeSocket(at.address));
  manner.announce(at);
  // gRPC is the largest thing to load, so it comes last: Terraform reads the line and connects meanwhile.
  loading = load();
  await loading;
}

function removeSocket(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already; and at this point there is nobody to tell.
  }
}

function complainAboutVersions(env: Environment): void {
  const offered = offersWithoutOurs(env);
  if (offered === undefined) return;
  const versions = offered.join(", ");
  process.stderr.write(
    `[ERROR] this provider speaks protocol 6, its caller only ${versions}: use Terraform 1.5 or newer\n`,
  );
}
