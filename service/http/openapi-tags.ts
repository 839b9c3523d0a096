/** Under which headings the page at /docs shows the operations. The first pattern that fits decides. */
const TAGS: readonly { readonly name: string; readonly description: string; readonly of: RegExp }[] = [
  { name: "Many keys", description: "Lists, batches, bulk deletes, purges.", of: /\/kv:(batch|purge)$|\/kv$/ },
  { name: "Import and export", description: "Whole namespaces as files.", of: /:(import|export)\b/ },
  { name: "Watch", description: "Changes as they happen.", of: /:watch\b|webhook/ },
  { name: "History", description: "Who changed a key when, and back again.", of: /revisions|:restore$|\/restore$/ },
  {
    name: "Keys",
    description: "One key: its path, or `kv:entry?key=` for keys that a path cannot carry.",
    of: /\/kv\b/,
  },
  { name: "Namespaces", description: "What is said about a namespace.", of: /\/namespaces\b/ },
  { name: "Operations", description: "For those who run the service.", of: /./ },
];

/** The most used first. */
const ORDER = ["Keys", "Many keys", "History", "Namespaces", "Import and export", "Watch", "Operations"];

const METHODS: ReadonlySet<string> = new Set(["get", "head", "put", "patch", "post", "delete"]);

type Paths = Readonly<Record<string, object>>;

/** The operations of `paths` with their headings, and those headings that are used. */
export function tagged(paths: Paths): { readonly tags: readonly object[]; readonly paths: Paths } {
  const used = new Set<string>();
  const withTag = (path: string) => {
    const tag = TAGS.find(({ of }) => of.test(path))?.name ?? "Operations";
    used.add(tag);
    return ([name, member]: [string, object]) => [name, METHODS.has(name) ? { tags: [tag], ...member } : member];
  };
  const marked = Object.entries(paths).map(([path, item]) => [
    path,
    Object.fromEntries(Object.entries(item).map(withTag(path))),
  ]);
  return {
    tags: ORDER.flatMap((name) => TAGS.filter((tag) => tag.name === name && used.has(name))).map(
      ({ name, description }) => ({ name, description }),
    ),
    paths: Object.fromEntries(marked),
  };
}
