import { Client, type ClientReadableStream, credentials, Server as GrpcServer, ServerCredentials } from "@grpc/grpc-js";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { nullOf, obj, str } from "../cty/make.ts";
import { type ListResource_Event, type ListResource_Request, ProviderService } from "../gen/tfplugin6.ts";
import { NAMESPACE_KV } from "../resources/namespace-kv-schema.ts";
import { DiagnosticError, error, warning } from "../schema/diagnostic.ts";
import type { Found, ListResource, Wanted } from "../schema/list-resource.ts";
import { typeOfSchema, withNulls } from "../schema/schema.ts";
import { configured, read, wire } from "./fixture.ts";
import { implementation } from "./implementation.ts";

/** Lists as Terraform 1.14 does, over gRPC itself: who takes what, and who stops whom, is gRPC's own part. */
let list: ListResource<unknown>["list"];
let grpc: GrpcServer;
let client: Client;
let stop: () => void;

const SCHEMA = { version: 0, description: "Any.", attributes: {} };

beforeAll(async () => {
  const server = await configured();
  stop = server.stop;
  Object.assign(server.provider.listResources, {
    namespace_kv: {
      schema: SCHEMA,
      validate: () => [],
      list: (...asked) => list(...asked),
    } satisfies ListResource<unknown>,
  });
  grpc = new GrpcServer();
  grpc.addService(ProviderService, implementation(server));
  const port = await new Promise<number>((resolve, reject) =>
    grpc.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (failure, bound) =>
      failure ? reject(failure) : resolve(bound),
    ),
  );
  client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
});
afterAll(() => {
  client.close();
  grpc.forceShutdown();
});

function listing(request: Partial<ListResource_Request> = {}): ClientReadableStream<ListResource_Event> {
  const { path, requestSerialize, responseDeserialize } = ProviderService.listResource;
  const full = { typeName: "namespace_kv", config: undefined, includeResourceObject: false, limit: 100, ...request };
  return client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, full);
}
const all = async (stream: AsyncIterable<ListResource_Event>) => {
  const events: ListResource_Event[] = [];
  for await (const event of stream) events.push(event);
  return events;
};
const names = (events: readonly ListResource_Event[]) => events.map(({ displayName }) => displayName);

const found = (at: number, more: Partial<Found> = {}): Found => ({
  name: `k${at}`,
  identity: obj({ namespace: str("n"), key: str(`k${at}`) }),
  ...more,
});
/** Keys without end, and how many were made. */
function endless() {
  const made = { count: 0, ended: false };
  list = async function* () {
    try {
      for (;;) yield found(made.count++);
    } finally {
      made.ended = true;
    }
  };
  return made;
}

beforeEach(() => {
  list = async function* () {
    yield* [found(1), found(2), found(3)];
  };
});

describe("a list", () => {
  it("comes as events with identity and name", async () => {
    const events = await all(listing());
    expect(names(events)).toEqual(["k1", "k2", "k3"]);
    const [first] = events;
    expect(Buffer.from(first?.identity?.identityData?.msgpack ?? []).toString("latin1")).toMatch(/k1.*namespace.*n/);
    expect(first?.resourceObject).toBeUndefined();
    expect(events.flatMap(({ diagnostic }) => diagnostic)).toEqual([]);
  });

  it("has whole states where they are wanted, and says how many are", async () => {
    const state = withNulls(NAMESPACE_KV, { namespace: str("n"), key: str("k1") });
    const asked: Wanted[] = [];
    list = async function* (_, wanted) {
      asked.push(wanted);
      yield found(1, { state });
    };
    const [event] = await all(listing({ includeResourceObject: true, limit: 7 }));
    expect(read(event?.resourceObject)).toEqual(state);
    await all(listing({ limit: 0 }));
    expect(asked).toEqual([
      { limit: 7, states: true },
      { limit: Number.POSITIVE_INFINITY, states: false },
    ]);
  });

  it("takes a config block that was left out for an empty one", async () => {
    const config = wire(SCHEMA, nullOf(typeOfSchema(SCHEMA)));
    expect(names(await all(listing({ config })))).toHaveLength(3);
  });

  it("ends at the limit", async () => {
    const made = endless();
    expect(names(await all(listing({ limit: 2 })))).toEqual(["k0", "k1"]);
    expect(made).toEqual({ count: 2, ended: true });
  });

  it("makes no more than the caller takes, and ends when the caller does", async () => {
    const made = endless();
    const stream = listing({ limit: 0 });
    await new Promise((resolve) => stream.once("data", resolve));
    stream.pause();
    await vi.waitFor(async () => {
      const before = made.count;
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(made.count).toBe(before);
    });
    expect(made.ended).toBe(false);
    stream.on("error", () => undefined).cancel();
    await vi.waitFor(() => expect(made.ended).toBe(true));
  });

  it("that fails half-way ends with what went wrong", async () => {
    list = async function* () {
      yield found(1, { diagnostics: [warning("Odd", "This one is.")] });
      throw new DiagnosticError(error("Broken", "On purpose."));
    };
    const events = await all(listing());
    expect(events.map(({ diagnostic }) => diagnostic.map(({ summary }) => summary))).toEqual([["Odd"], ["Broken"]]);
  });

  it("of a type that cannot be listed is an error", async () => {
    const [event] = await all(listing({ typeName: "namespace_other" }));
    expect(event?.diagnostic[0]?.detail).toContain('no resource "namespace_other"');
  });

  it("that is under way ends when Terraform asks the provider to stop", async () => {
    list = async function* (_, __, { signal }) {
      yield found(1);
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    };
    const stream = listing();
    stream.once("data", stop);
    const events = await all(stream);
    expect(events.at(-1)?.diagnostic[0]?.summary).toBe("Interrupted");
  });
});
