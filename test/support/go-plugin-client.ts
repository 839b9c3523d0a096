import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  type ChannelCredentials,
  Client,
  credentials,
  type GrpcObject,
  loadPackageDefinition,
  type ServiceClientConstructor,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { ALTERNATIVE_NAME, extension, type Identity, selfSigned } from "../../provider/go-plugin/certificate.ts";
import { der, TAG } from "../../provider/go-plugin/der.ts";
import { type Environment, MAGIC_COOKIE } from "../../provider/go-plugin/handshake.ts";

const PROTO = fileURLToPath(new URL("../../proto", import.meta.url));
const FILES = ["tfplugin6", "grpc_health", "grpc_controller", "grpc_stdio", "grpc_broker"];
const MESSAGE_BYTES_MAX = 256 * 1_024 * 1_024;

/** A message as @grpc/proto-loader gives it: camelCase fields, enums by name, bytes as Buffer, all defaults filled in. */
export type Message = Readonly<Record<string, unknown>>;

/** What the handshake line says. */
export interface Handshake {
  readonly core: string;
  readonly protocol: string;
  readonly network: string;
  readonly address: string;
  readonly kind: string;
  readonly certificate: X509Certificate | undefined;
}

/** How an ended process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A started plugin, before anything is connected to it. */
export interface StartedPlugin {
  readonly process: ChildProcess;
  readonly identity: Identity;
  /** The first line of stdout. */
  line(): Promise<string>;
  /** Waits until stdout holds `text`. Fails with the plugin's stderr when it ends before. */
  printed(text: string): Promise<void>;
  /** All that was printed so far. */
  stdout(): string;
  stderr(): string;
  readonly exited: Promise<Exit>;
}

/** A connection to a plugin, with every service of proto/. */
export interface PluginConnection {
  /** Calls `/package.Service/Method` with one request and one answer. Fails with grpc-js's ServiceError. */
  call(path: string, request: Message): Promise<Message>;
  /** Opens a stream, with its first or only request; a stream that takes no request takes the empty one. */
  stream(path: string, request?: Message): PluginStream;
  close(): void;
}

/** A stream that a plugin answers on. */
export interface PluginStream {
  /** The next answer; undefined when there are no more. */
  next(): Promise<Message | undefined>;
  /** Whether the plugin has ended the stream, or lost it. */
  ended(): boolean;
  /** Says that no request follows. */
  end(): void;
  cancel(): void;
}

/** A client's certificate as go-plugin makes it: P-521, for localhost, and an authority. */
export function clientIdentity(): Identity {
  const authority = der(TAG.sequence, der(TAG.boolean, Buffer.from([0xff])));
  const extensions = [extension("2.5.29.19", authority), ALTERNATIVE_NAME];
  return selfSigned(generateKeyPairSync("ec", { namedCurve: "P-521" }), extensions);
}

/**
 * Starts `file` as Terraform does: cookie, versions, AutoMTLS, and a stdin that stays open.
 * @param env beyond the caller's own environment; undefined takes a variable away
 */
export function startPlugin(file: string, env: Environment = {}, args: readonly string[] = []): StartedPlugin {
  const identity = clientIdentity();
  const terraform = {
    [MAGIC_COOKIE.name]: MAGIC_COOKIE.value,
    PLUGIN_PROTOCOL_VERSIONS: "5,6",
    PLUGIN_MIN_PORT: "10000",
    PLUGIN_MAX_PORT: "25000",
    PLUGIN_CLIENT_CERT: identity.certificatePem,
  };
  const child = spawn(file, args, { env: { ...process.env, ...terraform, ...env }, stdio: ["pipe", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (data: Buffer) => (output.stdout += data));
  child.stderr.on("data", (data: Buffer) => (output.stderr += data));
  const exited = once(child, "close").then(([code, signal]: unknown[]) => ({ code, signal }) as Exit);
  const printed = async (text: string) => {
    while (!output.stdout.includes(text)) {
      const ended = await Promise.race([exited, once(child.stdout, "data")]);
      if ("code" in ended) throw new Error(`the plugin ended with ${ended.code}: ${output.stderr}`);
    }
  };
  return {
    process: child,
    identity,
    exited,
    printed,
    line: () => printed("\n").then(() => output.stdout.slice(0, output.stdout.indexOf("\n"))),
    stdout: () => output.stdout,
    stderr: () => output.stderr,
  };
}

/** Reads a handshake line as go-plugin's client does. */
export function parseHandshake(line: string): Handshake {
  const [core = "", protocol = "", network = "", address = "", kind = "", certificate = ""] = line.split("|");
  const raw = Buffer.from(certificate, "base64");
  return { core, protocol, network, address, kind, certificate: raw.length > 0 ? new X509Certificate(raw) : undefined };
}

/**
 * Connects as go-plugin does: trusts the certificate of the handshake line alone, for the name localhost.
 * @param identity what the client shows; undefined shows nothing
 */
export function clientOf({ network, address, certificate }: Handshake, identity: Identity | undefined): Client {
  const roots = certificate && Buffer.from(certificate.toString());
  const secured = (trusted: Buffer): ChannelCredentials =>
    identity
      ? credentials.createSsl(trusted, Buffer.from(identity.keyPem), Buffer.from(identity.certificatePem))
      : credentials.createSsl(trusted);
  const target = network === "unix" ? `unix:${address}` : address;
  return new Client(target, roots ? secured(roots) : credentials.createInsecure(), {
    "grpc.ssl_target_name_override": "localhost",
    "grpc.max_receive_message_length": MESSAGE_BYTES_MAX,
    "grpc.max_send_message_length": MESSAGE_BYTES_MAX,
  });
}

/** As `clientOf`, for the services of proto/. */
export function connect(handshake: Handshake, identity: Identity | undefined): PluginConnection {
  const client = clientOf(handshake, identity);
  return {
    call: (path, request) => unary(client, path, request),
    stream: (path, request = {}) => stream(client, path, request),
    close: () => client.close(),
  };
}

/** Starts `file` and connects to it. The caller ends it with {@link shutdown}. */
export async function startAndConnect(file: string, env: Environment = {}) {
  const plugin = startPlugin(file, env);
  const handshake = parseHandshake(await plugin.line());
  return { plugin, handshake, connection: connect(handshake, plugin.identity) };
}

/** Ends a plugin as Terraform does, and says how it ended. */
export async function shutdown(plugin: StartedPlugin, connection: PluginConnection): Promise<Exit> {
  // The answer may be lost, as the process ends right behind it; go-plugin ignores that too.
  await connection.call("/plugin.GRPCController/Shutdown", {}).catch(() => undefined);
  connection.close();
  return plugin.exited;
}

let packages: GrpcObject | undefined;

function methodOf(path: string) {
  packages ??= loadPackageDefinition(
    loadSync(
      FILES.map((file) => `${file}.proto`),
      { includeDirs: [PROTO], defaults: true, enums: String, longs: Number, oneofs: true },
    ),
  );
  const [, service = "", method = ""] = path.split("/");
  let found: unknown = packages;
  for (const part of service.split(".")) found = (found as Record<string, unknown>)[part];
  const definition = (found as ServiceClientConstructor).service[method];
  if (!definition) throw new Error(`there is no ${path} in proto/`);
  return { ...definition, responseDeserialize: definition.responseDeserialize as (bytes: Buffer) => Message };
}

function unary(client: Client, path: string, request: Message): Promise<Message> {
  const { requestSerialize, responseDeserialize } = methodOf(path);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, response) =>
      error || !response ? reject(error) : resolve(response),
    );
  });
}

function stream(client: Client, path: string, request: Message): PluginStream {
  const { requestStream, requestSerialize, responseDeserialize } = methodOf(path);
  const upwards = requestStream ? client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize) : undefined;
  upwards?.write(request);
  const call = upwards ?? client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request);
  let ended = false;
  const end = () => {
    ended = true;
  };
  call.on("end", end).on("error", end);
  const answers = call[Symbol.asyncIterator]();
  return {
    next: async () => (await answers.next()).value,
    ended: () => ended,
    end: () => upwards?.end(),
    cancel: () => call.cancel(),
  };
}
