/** A `namespace_kv` block; each attribute is an expression of HCL, as a user writes it. */
export const kvBlock = (name: string, attributes: Readonly<Record<string, string>>): string =>
  block("resource", "namespace_kv", name, attributes);

/** A `data "namespace_kv"` block. */
export const kvData = (name: string, attributes: Readonly<Record<string, string>>): string =>
  block("data", "namespace_kv", name, attributes);

/** A `namespace_kv_set` block. */
export const setBlock = (name: string, attributes: Readonly<Record<string, string>>): string =>
  block("resource", "namespace_kv_set", name, attributes);

/** So many keys of one namespace, as one resource of the service at an address. */
export const manyKeys = (address: string, namespace: string, count: number): string => `
provider "namespace" {
  endpoint = "${address}"
}
${kvBlock("many", {
  for_each: `toset([for n in range(${count}) : "key-\${n}"])`,
  namespace: quoted(namespace),
  key: "each.key",
  value: "each.key",
})}`;

function block(kind: string, type: string, name: string, attributes: Readonly<Record<string, string>>): string {
  const lines = Object.entries(attributes).map(([attribute, expression]) => `  ${attribute} = ${expression}\n`);
  return `${kind} "${type}" "${name}" {\n${lines.join("")}}\n`;
}

/** A string as HCL quotes it: JSON's escapes less two, and no templates. */
export const quoted = (text: string): string =>
  JSON.stringify(text)
    .replaceAll(/\\./g, (pair) => ({ "\\b": "\\u0008", "\\f": "\\u000c" })[pair] ?? pair)
    .replaceAll(/[$%](?=\{)/g, (sign) => sign + sign);
