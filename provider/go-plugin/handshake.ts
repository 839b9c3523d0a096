/** go-plugin's own handshake version, which has never changed. */
const CORE_PROTOCOL_VERSION = 1;
/** The major version of Terraform's provider protocol that proto/tfplugin6.proto states. */
export const PROTOCOL_VERSION = 6;

/** Terraform and OpenTofu set this for every provider; it tells a plugin that it was not started by hand. */
export const MAGIC_COOKIE = {
  name: "TF_PLUGIN_MAGIC_COOKIE",
  value: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
} as const;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a plugin listens, in Go's words for networks. */
export interface Address {
  readonly network: "unix" | "tcp";
  /** The socket's path, or `host:port`. */
  readonly address: string;
}

export function hasMagicCookie(env: Environment): boolean {
  return env[MAGIC_COOKIE.name] === MAGIC_COOKIE.value;
}

/**
 * The majors that the caller offers in `PLUGIN_PROTOCOL_VERSIONS`, if ours is not among them.
 * A plugin then still names its own version in the line: the caller is the one to refuse it.
 */
export function offersWithoutOurs(env: Environment): readonly string[] | undefined {
  const offered = (env["PLUGIN_PROTOCOL_VERSIONS"] ?? "").split(",").map((version) => version.trim());
  const named = offered.filter((version) => version !== "");
  return named.length === 0 || named.includes(`${PROTOCOL_VERSION}`) ? undefined : named;
}

/**
 * The line that a plugin prints first: core version, protocol version, network, address, "grpc", certificate.
 * @param certificate the DER of our certificate, with AutoMTLS; Go decodes it as base64 without padding
 */
export function handshakeLine(
  { network, address }: Address,
  certificate: Buffer | undefined,
  env: Environment,
): string {
  const encoded = certificate?.toString("base64").replaceAll("=", "") ?? "";
  const fields = [CORE_PROTOCOL_VERSION, PROTOCOL_VERSION, network, address, "grpc", encoded];
  // Only a client that asks for multiplexing splits the line into more than six fields.
  return [...fields, ...(env["PLUGIN_MULTIPLEX_GRPC"] ? ["false"] : [])].join("|");
}

/**
 * What a debugger's user exports so that Terraform talks to this process instead of starting one.
 * Without `ProtocolVersion` Terraform takes 5; with `Test` it neither kills the process nor asks it to end.
 */
export function reattachment(provider: string, { network, address }: Address, pid: number): string {
  const target = {
    Protocol: "grpc",
    ProtocolVersion: PROTOCOL_VERSION,
    Pid: pid,
    Test: true,
    Addr: { Network: network, String: address },
  };
  return `TF_REATTACH_PROVIDERS='${JSON.stringify({ [provider]: target })}'`;
}
