/** One step into a value, as the protocol's AttributePath knows them: attribute name, list index, map key. */
export type Step = { readonly attribute: string } | { readonly index: number } | { readonly key: string };

/** The way from a root object to a part of it. The empty path is the root itself. */
export type Path = readonly Step[];

/** What HCL can write after a dot. */
const IDENTIFIER = /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u;

/** A path in HCL's own spelling, for messages: `value.retries[0]`, `labels["a b"]`; the root is "". */
export function printPath(path: Path): string {
  return path.map(printStep).join("");
}

function printStep(step: Step, position: number): string {
  if ("index" in step) return `[${step.index}]`;
  if ("key" in step) return `[${JSON.stringify(step.key)}]`;
  if (!IDENTIFIER.test(step.attribute)) return `[${JSON.stringify(step.attribute)}]`;
  return position === 0 ? step.attribute : `.${step.attribute}`;
}
