import type { ObjectType } from "../../provider/cty/type.ts";
import type { Identity } from "../../provider/schema/identity.ts";
import type { Attribute, Schema } from "../../provider/schema/schema.ts";
import { objectIn, typeName } from "./type.ts";

const GROUPS = [
  { title: "Required", holds: ["required"] },
  { title: "Optional", holds: ["optional", "optional or computed"] },
  { title: "Read-Only", holds: ["computed"] },
] as const satisfies readonly { readonly title: string; readonly holds: readonly Attribute["from"][] }[];

const WRITE_ONLY = "https://developer.hashicorp.com/terraform/language/resources/ephemeral#write-only-arguments";
const WRITE_ONLY_NOTE = `> **NOTE**: [Write-only arguments](${WRITE_ONLY}) are supported in Terraform 1.11 and later.\n\n`;

/** An object whose attributes have a section of their own. */
interface Nested {
  readonly path: readonly string[];
  readonly anchor: string;
  readonly type: ObjectType;
}

/** The section "Schema" of a page, letter by letter as terraform-plugin-docs writes it: a test lets it do so. */
export function schemaSection({ attributes }: Schema): string {
  const groups = GROUPS.map(({ title, holds }) => {
    const isMember = ([, { from }]: Member) => (holds as readonly string[]).includes(from);
    return { title, members: Object.entries(attributes).filter(isMember).sort(byName) };
  });
  const nested = groups.flatMap(({ title, members }) =>
    members
      .flatMap(([name, { type }]) => nestedIn([name], "nestedatt", type))
      .map((found) => nestedSection(found, title)),
  );
  return `## Schema\n\n${groups.map(groupText).join("")}${nested.join("")}`.trim();
}

type Member = readonly [name: string, attribute: Attribute];

function groupText({ title, members }: { readonly title: string; readonly members: readonly Member[] }): string {
  if (members.length === 0) return "";
  const note = members.some(([, { writeOnly }]) => writeOnly) ? WRITE_ONLY_NOTE : "";
  return `### ${title}\n\n${note}${members.map((member) => `${lineOf(...member)}\n`).join("")}\n`;
}

/** The attributes of a resource's identity, in the same way. */
export function identitySection({ attributes }: Schema, { attributes: parts }: Identity): string {
  const groups = [
    { title: "Required", members: parts.filter((name) => attributes[name]?.from === "required") },
    { title: "Optional", members: parts.filter((name) => attributes[name]?.from !== "required") },
  ];
  const lines = (names: readonly string[]) =>
    names.toSorted().flatMap((name) => (attributes[name] ? [`${lineOf(name, attributes[name])}\n`] : []));
  const sections = groups
    .filter(({ members }) => members.length > 0)
    .map(({ title, members }) => `#### ${title}\n\n${lines(members).join("")}\n`);
  return `### Identity Schema\n\n${sections.join("")}`.trim();
}

function lineOf(name: string, { type, sensitive, writeOnly, description }: Attribute): string {
  const marks = [
    typeName(type),
    ...(sensitive ? ["Sensitive"] : []),
    ...(writeOnly ? [`[Write-only](${WRITE_ONLY})`] : []),
  ];
  const below = nestedIn([name], "nestedatt", type).map(({ anchor }) => seeBelow(anchor));
  return `- \`${name}\` (${marks.join(", ")}) ${description.trim()}${below.join("")}`;
}

function nestedSection({ path, anchor, type }: Nested, title: string): string {
  const members = [...type.attributes].sort(byName);
  const lines = members.map(([name, of]) => {
    const below = nestedIn([...path, name], "nestedobjatt", of).map(({ anchor: at }) => seeBelow(at));
    return `- \`${name}\` (${typeName(of)})${below.join("")}\n`;
  });
  const deeper = members.flatMap(([name, of]) => nestedIn([...path, name], "nestedobjatt", of));
  const sections = deeper.map((found) => nestedSection(found, title));
  return `<a id="${anchor}"></a>\n### Nested Schema for \`${path.join(".")}\`\n\n${title}:\n\n${lines.join("")}\n${sections.join("")}\n`;
}

function nestedIn(path: readonly string[], kind: string, of: Parameters<typeof objectIn>[0]): Nested[] {
  const type = objectIn(of);
  return type ? [{ path, anchor: `${kind}--${path.join("--")}`, type }] : [];
}

const seeBelow = (anchor: string): string => ` (see [below for nested schema](#${anchor}))`;

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
