import { once } from "node:events";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";

/** Where Terraform keeps its states, one for each contender. */
export interface States {
  /** The block `backend` of a configuration. */
  backend(name: string): string;
  /** Bytes of a state that has been written. */
  bytes(name: string): Promise<number>;
}

/** As Terraform has it by itself: a file, which it writes anew after each change of a resource. */
export function fileStates(folder: string): States {
  const file = (name: string) => join(folder, `${name}.tfstate`);
  return {
    backend: (name) => `backend "local" { path = ${JSON.stringify(file(name))} }`,
    bytes: async (name) => (await stat(file(name))).size,
  };
}

/** As teams have it: on a server. Terraform keeps the state in memory, and sends it every 20 seconds and at the end. */
export async function httpStates(): Promise<States> {
  const states = new Map<string, Buffer>();
  const server = createServer((request, response) => void answer(states, request, response));
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    backend: (name) => `backend "http" { address = "http://127.0.0.1:${port}/${name}" }`,
    bytes: async (name) => states.get(`/${name}`)?.length ?? 0,
  };
}

/** https://developer.hashicorp.com/terraform/language/backend/http, without locks. */
async function answer(states: Map<string, Buffer>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method, url = "" } = request;
  if (method === "POST") states.set(url, await buffer(request));
  if (method === "DELETE") states.delete(url);
  const state = method === "GET" ? states.get(url) : undefined;
  response.writeHead(method === "GET" && !state ? 404 : 200).end(state);
}
