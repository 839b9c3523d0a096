import { describe, expect, it } from "vitest";
import { terraformMissing } from "../support/terraform.ts";
import { inWorkspace } from "./on-pairs.ts";
import { must } from "./outcome.ts";

interface Block {
  readonly description?: string;
  readonly attributes?: Readonly<Record<string, { readonly description?: string }>>;
  readonly block_types?: Readonly<Record<string, { readonly block: Block }>>;
}

/** What `terraform providers schema -json` says of one provider. Functions are described apart. */
interface ProviderSchema {
  readonly provider: { readonly block: Block };
  readonly resource_schemas: Schemas;
  readonly data_source_schemas: Schemas;
  readonly ephemeral_resource_schemas: Schemas;
  readonly functions: Readonly<Record<string, FunctionSchema>>;
}

type Schemas = Readonly<Record<string, { readonly block: Block }>>;

interface FunctionSchema {
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
}

describe.skipIf(terraformMissing)("Terraform's own printing of the schema", () => {
  const { terraform } = inWorkspace();

  const schema = async () => {
    const printed = await terraform().run(["providers", "schema", "-json"]);
    must(printed);
    const { provider_schemas } = JSON.parse(printed.stdout) as {
      readonly provider_schemas: Readonly<Record<string, ProviderSchema>>;
    };
    const [ours, ...others] = Object.values(provider_schemas);
    if (!ours || others.length > 0) throw new Error("One provider was expected.");
    return ours;
  };

  it("describes each setting, type and attribute", async () => {
    const { provider, resource_schemas, data_source_schemas, ephemeral_resource_schemas } = await schema();
    const blocks = {
      provider: provider.block,
      ...blocksOf("resource", resource_schemas),
      ...blocksOf("data", data_source_schemas),
      ...blocksOf("ephemeral", ephemeral_resource_schemas ?? {}),
    };
    expect(Object.keys(blocks)).toEqual(
      expect.arrayContaining(["provider", "resource namespace_kv", "data namespace_kv"]),
    );
    expect(Object.entries(blocks).flatMap(([name, block]) => undescribed(name, block))).toEqual([]);
  });

  it("describes each function and parameter", async () => {
    const functions = Object.entries((await schema()).functions);
    expect(functions.length).toBeGreaterThan(3);
    const bare = functions.flatMap(([name, { summary, description, parameters = [] }]) => [
      ...(summary && description ? [] : [name]),
      ...parameters.filter((parameter) => !parameter.description).map((parameter) => `${name}(${parameter.name})`),
    ]);
    expect(bare).toEqual([]);
  });
});

const blocksOf = (kind: string, schemas: Schemas): Record<string, Block> =>
  Object.fromEntries(Object.entries(schemas).map(([type, { block }]) => [`${kind} ${type}`, block]));

/** The paths of all that has no description. */
function undescribed(path: string, { description, attributes = {}, block_types = {} }: Block): string[] {
  return [
    ...(description ? [] : [path]),
    ...Object.entries(attributes).flatMap(([name, attribute]) => (attribute.description ? [] : [`${path}.${name}`])),
    ...Object.entries(block_types).flatMap(([name, { block }]) => undescribed(`${path}.${name}`, block)),
  ];
}
