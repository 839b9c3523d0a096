import type { NamespaceName } from "./namespace.ts";

/** Several namespaces of one tenant, for a list that looks into all of them. */
export type Within =
  /** These, each with all that it has. */
  | { readonly kind: "some"; readonly names: readonly NamespaceName[] }
  /** A namespace and those above it, the nearest first: what is read of a key is what the nearest of them has that still lives. */
  | { readonly kind: "nearest"; readonly names: readonly NamespaceName[] }
  | { readonly kind: "all"; readonly tests: NameTests };

/** What the name of a namespace must be; all that is named must hold. */
export interface NameTests {
  readonly startsWith?: string;
  readonly endsWith?: string;
  /** Whatever its case. */
  readonly contains?: string;
  /** The namespace of this name, or one below it. */
  readonly under?: string;
  readonly noneOf?: readonly string[];
}

/** All namespaces that pass; with `anyOf`, only of these. */
export const withinOf = (anyOf: readonly string[] | undefined, tests: NameTests): Within =>
  anyOf === undefined
    ? { kind: "all", tests }
    : { kind: "some", names: [...new Set(anyOf)].filter((name) => passes(name, tests)) as NamespaceName[] };

/** Names are ASCII, so that lower case is the same here as in the database. */
function passes(
  name: string,
  { startsWith = "", endsWith = "", contains = "", under, noneOf = [] }: NameTests,
): boolean {
  return (
    name.startsWith(startsWith) &&
    name.endsWith(endsWith) &&
    name.toLowerCase().includes(contains.toLowerCase()) &&
    (under === undefined || name === under || name.startsWith(`${under}.`)) &&
    !noneOf.includes(name)
  );
}
