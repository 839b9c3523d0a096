import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll } from "vitest";
import type { Environment } from "../../provider/go-plugin/handshake.ts";
import { buildProvider } from "../../scripts/build-provider.ts";
import { connect, type PluginConnection, parseHandshake, type StartedPlugin, startPlugin } from "./go-plugin-client.ts";

/**
 * For tests: builds fixture.main.ts as the provider is built, once per test file, and starts it with folders of its own.
 * What a test leaves running or open is ended behind it.
 */
export function useFixture() {
  let folder = "";
  let program = "";
  const started: StartedPlugin[] = [];
  const connections: PluginConnection[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "nskv-plugin-"));
    program = await buildProvider(join(folder, "program"), "provider/go-plugin/fixture.main.ts");
  });
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.close();
    for (const plugin of started.splice(0)) {
      plugin.process.kill("SIGKILL");
      await plugin.exited;
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const own = () => ({ XDG_CACHE_HOME: join(folder, "cache"), PLUGIN_UNIX_SOCKET_DIR: folder });
  const start = (env: Environment = {}, args: readonly string[] = []): StartedPlugin => {
    const plugin = startPlugin(program, { ...own(), ...env }, args);
    started.push(plugin);
    return plugin;
  };
  const open = (...at: Parameters<typeof connect>): PluginConnection => {
    const connection = connect(...at);
    connections.push(connection);
    return connection;
  };
  const startConnected = async (env: Environment = {}) => {
    const plugin = start(env);
    const handshake = parseHandshake(await plugin.line());
    return { plugin, handshake, connection: open(handshake, plugin.identity) };
  };
  return { start, startConnected, open, program: () => program, folder: () => folder, environment: own };
}
