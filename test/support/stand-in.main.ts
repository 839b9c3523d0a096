import type { JsonTree } from "../../provider/cty/json-tree.ts";
import { obj } from "../../provider/cty/make.ts";
import { NUMBER, STRING } from "../../provider/cty/type.ts";
import { ProviderService } from "../../provider/gen/tfplugin6.ts";
import { run } from "../../provider/go-plugin/run.ts";
import { implementation } from "../../provider/rpc/implementation.ts";
import { newServer } from "../../provider/rpc/server.ts";
import type { Provider, Resource } from "../../provider/schema/provider.ts";
import type { Attribute, Schema } from "../../provider/schema/schema.ts";

/**
 * A provider for tests, served as ours is: with `kestra_kv` as Kestra's provider declares it, which is not to be had
 * without a registry, and with `stand_in`, a resource that has a past.
 */
const optional = (type: Attribute["type"]): Attribute => ({ type, from: "optional", description: "Any." });

const KESTRA_KV: Schema = {
  version: 0,
  description: "Only its shape counts.",
  attributes: {
    id: { type: STRING, from: "optional or computed", description: "Any." },
    tenant_id: { type: STRING, from: "computed", description: "Any." },
    namespace: { type: STRING, from: "required", description: "Any." },
    key: { type: STRING, from: "required", description: "Any." },
    type: optional(STRING),
    value: { type: STRING, from: "required", description: "Any." },
    description: optional(STRING),
  },
};

/** Version 0 called the name a title and kept the size as text; version 1 had a colour that nobody wanted. */
const STAND_IN: Schema = {
  version: 2,
  description: "A resource whose older states are brought up.",
  attributes: { name: optional(STRING), size: optional(NUMBER), added: optional(STRING) },
};

/** What it is told stays as it is. */
const lazy = (schema: Schema): Resource<undefined> => ({
  schema,
  validate: () => [],
  create: async (planned) => ({ state: planned }),
  read: async (state) => ({ state }),
  update: async (_, planned) => ({ state: planned }),
  delete: async () => undefined,
  import: async () => obj({}),
});

const provider: Provider<undefined> = {
  schema: { version: 0, description: "Stands in.", attributes: {} },
  validate: () => [],
  configure: () => ({ kind: "ready", client: undefined }),
  explain: () => undefined,
  resources: {
    kestra_kv: lazy(KESTRA_KV),
    stand_in: {
      ...lazy(STAND_IN),
      upgrades: [
        (stored) => {
          const size = stored.get("size");
          return new Map<string, JsonTree>([
            ["name", stored.get("title") ?? null],
            ["size", typeof size === "string" ? { kind: "number", text: size } : null],
            ["colour", "red"],
          ]);
        },
        (stored) => new Map([...stored].filter(([name]) => name !== "colour")),
      ],
    },
  },
  dataSources: {},
  ephemeralResources: {},
  listResources: {},
  functions: {},
};

run(
  {
    service: ProviderService,
    implementation: implementation(newServer(provider)),
    address: "registry.test/fixtures/stand",
    version: "1.0.0",
  },
  process.argv.slice(2),
  process.env,
);
