import { namespaceProvider } from "../../provider/provider.ts";
import type { Identity } from "../../provider/schema/identity.ts";
import type { Schema } from "../../provider/schema/schema.ts";
import { exampledIn, exampleSection, examplesOf } from "./examples.ts";
import { functionSections } from "./function-page.ts";
import { importSection } from "./import-section.ts";
import { printPage } from "./page.ts";
import { identitySection, schemaSection } from "./schema.ts";

const PROVIDER = "namespace";

const provider = namespaceProvider({});

/** What has a schema and a folder of pages. */
const KINDS: readonly {
  readonly folder: string;
  readonly name: string;
  /** What the names of its examples begin with. */
  readonly stem: string;
  readonly types: Readonly<Record<string, { readonly schema: Schema; readonly identity?: Identity }>>;
}[] = [
  { folder: "resources", name: "Resource", stem: "resource", types: provider.resources },
  { folder: "data-sources", name: "Data Source", stem: "data-source", types: provider.dataSources },
  {
    folder: "ephemeral-resources",
    name: "Ephemeral Resource",
    stem: "ephemeral-resource",
    types: provider.ephemeralResources,
  },
  { folder: "list-resources", name: "List Resource", stem: "list-resource", types: provider.listResources },
];

/** Each page of the provider, by its path below docs/, as the registry shows it. */
export async function registryPages(): Promise<ReadonlyMap<string, string>> {
  const pages = await Promise.all([
    indexPage(),
    ...KINDS.flatMap((kind) => Object.keys(kind.types).map((type) => typePage(kind, type))),
    ...Object.keys(provider.functions).map(functionPage),
  ]);
  await mustHaveNoStrangers("functions", Object.keys(provider.functions));
  for (const { folder, types } of KINDS) await mustHaveNoStrangers(folder, Object.keys(types));
  return new Map(pages);
}

type PathAndText = readonly [string, string];

async function indexPage(): Promise<PathAndText> {
  const { description } = provider.schema;
  const examples = await examplesOf("provider");
  const text = printPage({
    title: `${PROVIDER} Provider`,
    index: true,
    from: "provider/settings.ts and examples/terraform/provider",
    heading: `${PROVIDER} Provider`,
    description,
    sections: [
      exampleSection(examples, "provider", "provider"),
      schemaSection(provider.schema),
      examples.get("notes.md") ?? "",
    ],
  });
  return ["index.md", text];
}

async function typePage({ folder, name, stem, types }: (typeof KINDS)[number], type: string): Promise<PathAndText> {
  const described = types[type];
  if (!described) throw new Error(`There is no ${name} ${type}.`);
  const { schema, identity } = described;
  const examples = await examplesOf(`${folder}/${type}`);
  const text = printPage({
    title: `${type} ${name} - ${PROVIDER}`,
    from: `the schema of ${type} in provider/ and examples/terraform/${folder}/${type}`,
    heading: `${type} (${name})`,
    description: schema.description,
    sections: [
      exampleSection(examples, `${folder}/${type}`, stem),
      schemaSection(schema),
      examples.get("notes.md") ?? "",
      importSection(examples, identity ? identitySection(schema, identity) : ""),
    ],
  });
  return [`${folder}/${type.replace(`${PROVIDER}_`, "")}.md`, text];
}

async function functionPage(name: string): Promise<PathAndText> {
  const described = provider.functions[name];
  if (!described) throw new Error(`There is no function ${name}.`);
  const text = printPage({
    title: `${name} function - ${PROVIDER}`,
    from: `${name} in provider/functions/ and examples/terraform/functions/${name}`,
    heading: `function: ${name}`,
    description: `${described.summary}.\n\n${described.description}`,
    sections: [
      exampleSection(await examplesOf(`functions/${name}`), `functions/${name}`, "function"),
      ...functionSections(name, described),
    ],
  });
  return [`functions/${name}.md`, text];
}

async function mustHaveNoStrangers(folder: string, names: readonly string[]): Promise<void> {
  const strangers = (await exampledIn(folder)).filter((name) => !names.includes(name));
  if (strangers.length > 0)
    throw new Error(`The provider does not have what examples/terraform/${folder} shows: ${strangers}.`);
}
