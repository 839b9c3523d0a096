import { setMaxListeners } from "node:events";
import { DiagnosticError, error } from "../schema/diagnostic.ts";
import type { ListResource } from "../schema/list-resource.ts";
import type { Configured, DataSource, EphemeralResource, Provider, Resource, Session } from "../schema/provider.ts";

/** How long a write that is under way may still take once Terraform asked to stop: one whose outcome nobody knows would
 *  leave a key that the state does not know of. */
const WRITE_MS_AFTER_STOP = 10_000;

/** What one process of a provider remembers between calls. */
export interface Server {
  readonly provider: Provider<unknown>;
  configure(configured: Configured<unknown>): void;
  configured(): Configured<unknown> | undefined;
  /** What a call to the service needs. Fails with a DiagnosticError when the provider is not configured. */
  session(): Session<unknown>;
  /** Ends what is under way; writes may finish first. */
  stop(): void;
}

export function newServer(provider: Provider<unknown>): Server {
  const stop = new AbortController();
  const stopWrites = new AbortController();
  setMaxListeners(0, stop.signal, stopWrites.signal); // as many as there are calls under way, whatever -parallelism says
  let configured: Configured<unknown> | undefined;
  return {
    provider,
    configure: (found) => {
      configured = found;
    },
    configured: () => configured,
    session: () => {
      stop.signal.throwIfAborted();
      if (configured?.kind !== "ready") throw new DiagnosticError(notReady(configured));
      return { client: configured.client, signal: stop.signal, writeSignal: stopWrites.signal };
    },
    stop: () => {
      stop.abort(new DiagnosticError(STOPPED));
      setTimeout(() => stopWrites.abort(new DiagnosticError(STOPPED)), WRITE_MS_AFTER_STOP).unref();
    },
  };
}

export const resourceOf = ({ provider }: Server, type: string): Resource<unknown> =>
  provider.resources[type] ?? unknownType("resource", type);

export const dataSourceOf = ({ provider }: Server, type: string): DataSource<unknown> =>
  provider.dataSources[type] ?? unknownType("data source", type);

export const ephemeralOf = ({ provider }: Server, type: string): EphemeralResource<unknown> =>
  provider.ephemeralResources[type] ?? unknownType("ephemeral resource", type);

export const listResourceOf = ({ provider }: Server, type: string): ListResource<unknown> =>
  provider.listResources[type] ?? unknownType("list resource", type);

function unknownType(what: string, type: string): never {
  const detail = `This version of the provider has no ${what} "${type}". Run "terraform init -upgrade", or correct the type.`;
  throw new DiagnosticError(error(`Unknown ${what}`, detail));
}

const STOPPED = error(
  "Interrupted",
  'Terraform asked the provider to stop before this was done. Run "terraform plan" to see what is left to do.',
);

function notReady(configured: Configured<unknown> | undefined) {
  if (configured?.kind !== "unknown")
    return error("The provider is not configured", "Its settings were refused, or Terraform has not sent any.");
  return error(
    "The provider's settings are not known yet",
    `The setting "${configured.setting}" depends on something that is not applied yet. Apply that first, with -target, or give the setting a known value.`,
    [{ attribute: configured.setting }],
  );
}
