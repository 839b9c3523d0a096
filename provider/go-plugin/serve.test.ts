import { existsSync, statSync } from "node:fs";
import { status } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { clientIdentity, type Message, parseHandshake, shutdown } from "../../test/support/go-plugin-client.ts";
import { useFixture } from "../../test/support/go-plugin-fixture.ts";

const SCHEMA = "/tfplugin6.Provider/GetProviderSchema";
const HEALTH = "/grpc.health.v1.Health/Check";
/** stderr comes by another pipe, maybe later. */
const SOON = { timeout: 20_000 };

const { start, startConnected, open } = useFixture();

describe("a plugin that Terraform starts", () => {
  it("prints its handshake and nothing else, ever", async () => {
    const { plugin, handshake, connection } = await startConnected();
    await connection.call(SCHEMA, {});
    await shutdown(plugin, connection);
    const certificate = handshake.certificate?.raw.toString("base64").replace(/=+$/, "");
    expect(plugin.stdout()).toBe(`1|6|unix|${handshake.address}|grpc|${certificate}\n`);
    expect(plugin.stderr()).toBe("stopping\n");
  });

  it("answers the provider's calls", async () => {
    const { connection } = await startConnected();
    const schema = await connection.call(SCHEMA, {});
    expect(schema).toMatchObject({ provider: { block: { attributes: [] } }, resourceSchemas: {}, diagnostics: [] });
  });

  it("says which calls it does not have", async () => {
    const { connection } = await startConnected();
    const answer = connection.call("/tfplugin6.Provider/GetMetadata", {});
    await expect(answer).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  });

  it("takes and gives messages beyond gRPC's usual 4 MiB", async () => {
    const { connection } = await startConnected();
    const json = Buffer.alloc(9 * 1_024 * 1_024, "x");
    const upgrade = "/tfplugin6.Provider/UpgradeResourceState";
    const { upgradedState } = await connection.call(upgrade, { rawState: { json } });
    expect(json.equals((upgradedState as { json: Buffer }).json)).toBe(true);
  });

  it("lets only its owner open the socket", async () => {
    const { handshake } = await startConnected();
    expect(statSync(handshake.address).mode & 0o777).toBe(0o700);
  });

  it("says why a caller of another protocol will refuse it", async () => {
    const plugin = start({ PLUGIN_PROTOCOL_VERSIONS: "4,5" });
    expect(await plugin.line()).toMatch(/^1\|6\|/);
    await expect.poll(plugin.stderr, SOON).toContain("this provider speaks protocol 6, its caller only 4, 5");
  });
});

describe("go-plugin's services", () => {
  it.each([
    { service: "plugin", answer: { status: "SERVING" } },
    { service: "", answer: { status: "SERVING" } },
  ])("health of $service is $answer.status", async ({ service, answer }) => {
    const { connection } = await startConnected();
    expect(await connection.call(HEALTH, { service })).toEqual(answer);
  });

  it("health of a service that is not there is an error", async () => {
    const { connection } = await startConnected();
    await expect(connection.call(HEALTH, { service: "x" })).rejects.toMatchObject({ code: status.NOT_FOUND });
  });

  it.each([
    { service: "plugin", state: "SERVING" },
    { service: "x", state: "SERVICE_UNKNOWN" },
  ])("a watch on the health of $service says $state and stays", async ({ service, state }) => {
    const { connection } = await startConnected();
    const watch = connection.stream("/grpc.health.v1.Health/Watch", { service });
    expect(await watch.next()).toEqual({ status: state });
    await connection.call(HEALTH, {});
    expect(watch.ended()).toBe(false);
  });

  it("broker and stdio keep their streams open, as each warning would come with every run", async () => {
    const { connection } = await startConnected();
    const broker = connection.stream("/plugin.GRPCBroker/StartStream", { serviceId: 1, network: "unix" });
    const stdio = connection.stream("/plugin.GRPCStdio/StreamStdio");
    await connection.call(SCHEMA, {});
    expect([broker.ended(), stdio.ended()]).toEqual([false, false]);
    broker.end();
    expect(await broker.next()).toBeUndefined();
  });
});

describe("who may call", () => {
  it.each([
    { who: "with another certificate for localhost", identity: clientIdentity() },
    { who: "without a certificate", identity: undefined },
  ])("not a caller $who", async ({ identity }) => {
    const { plugin, handshake, connection } = await startConnected();
    const stranger = open(handshake, identity);
    await expect(stranger.call(SCHEMA, {})).rejects.toMatchObject({ code: status.UNAVAILABLE });
    await expect.poll(plugin.stderr, SOON).toContain("[WARN] refused a connection");
    expect(await connection.call(SCHEMA, {})).toHaveProperty("provider");
  });

  it("not a caller that speaks in the clear when TLS was asked for", async () => {
    const { handshake } = await startConnected();
    const stranger = open({ ...handshake, certificate: undefined }, undefined);
    await expect(stranger.call(SCHEMA, {})).rejects.toMatchObject({ code: status.UNAVAILABLE });
  });

  it("anyone who reaches the socket when Terraform wants no TLS", async () => {
    const { plugin, handshake, connection } = await startConnected({ PLUGIN_CLIENT_CERT: undefined });
    expect(await plugin.line()).toBe(`1|6|unix|${handshake.address}|grpc|`);
    expect(await connection.call(SCHEMA, {})).toHaveProperty("provider");
  });

  it("nobody when the certificate cannot be read", async () => {
    const plugin = start({ PLUGIN_CLIENT_CERT: "-----BEGIN CERTIFICATE-----" });
    expect(await plugin.exited).toEqual({ code: 1, signal: null });
    expect(plugin.stdout()).toBe("");
    expect(plugin.stderr()).toContain("PLUGIN_CLIENT_CERT holds no certificate");
  });
});

describe("a program that was started by hand", () => {
  it.each([
    { how: "without the cookie", env: { TF_PLUGIN_MAGIC_COOKIE: undefined }, args: [] },
    { how: "with another cookie", env: { TF_PLUGIN_MAGIC_COOKIE: "x" }, args: [] },
    { how: "with an option that it does not know", env: {}, args: ["--x"] },
    { how: "with too many options", env: {}, args: ["--version", "--x"] },
  ])("$how: explains itself on stderr and exits with 1", async ({ env, args }) => {
    const plugin = start(env, args);
    expect(await plugin.exited).toEqual({ code: 1, signal: null });
    expect(plugin.stdout()).toBe("");
    expect(plugin.stderr()).toContain('source = "registry.test/fixtures/namespace"');
  });

  it.each([
    { option: "--help", says: "It is not meant to be started by hand" },
    { option: "--version", says: "terraform-provider-namespace 1.2.3\n" },
    { option: "-version", says: "terraform-provider-namespace 1.2.3\n" },
  ])("$option answers on stdout and exits with 0", async ({ option, says }) => {
    const plugin = start({ TF_PLUGIN_MAGIC_COOKIE: undefined }, [option]);
    expect(await plugin.exited).toEqual({ code: 0, signal: null });
    expect(plugin.stdout()).toContain(says);
    expect(plugin.stderr()).toBe("");
  });
});

describe("a plugin for a debugger", () => {
  it("says how to reach it, outlives its callers, and ends with Ctrl-C", async () => {
    const plugin = start({ TF_PLUGIN_MAGIC_COOKIE: undefined }, ["--debug"]);
    await plugin.printed("TF_REATTACH_PROVIDERS='");
    const settings = /TF_REATTACH_PROVIDERS='(.*)'/.exec(plugin.stdout())?.[1] ?? "";
    const target = (JSON.parse(settings) as Message)["registry.test/fixtures/namespace"];
    expect(target).toMatchObject({ Protocol: "grpc", ProtocolVersion: 6, Pid: plugin.process.pid, Test: true });
    const { Addr } = target as { Addr: { Network: string; String: string } };
    const handshake = parseHandshake(`1|6|${Addr.Network}|${Addr.String}|grpc|`);

    const first = open(handshake, undefined);
    const stdio = first.stream("/plugin.GRPCStdio/StreamStdio");
    await first.call(SCHEMA, {});
    first.close();
    stdio.cancel();
    expect(await open(handshake, undefined).call(SCHEMA, {})).toHaveProperty("provider");

    plugin.process.kill("SIGINT");
    expect(await plugin.exited).toEqual({ code: 130, signal: null });
    expect(existsSync(Addr.String)).toBe(false);
  });
});
