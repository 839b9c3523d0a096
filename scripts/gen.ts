import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { openapiDocument } from "../service/http/openapi.ts";
import { problemsPage } from "./problems-page.ts";
import { registryPages } from "./registry-docs/pages.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BIN = join(ROOT, "node_modules", ".bin");

/** Something that is written by a program, and committed: a file or a folder, which then holds nothing else. */
interface Product {
  readonly path: string;
  readonly from: string;
  /** Writes it below `base`, a folder outside the repository, at the same path. */
  generate(base: string): Promise<void>;
}

const PRODUCTS: readonly Product[] = [
  {
    path: "provider/gen",
    from: "proto/",
    generate: async (base) => run("buf", ["generate", "--output", base]),
  },
  {
    path: "service/metadata/migrations",
    from: "service/metadata/tables/",
    // What is there is kept: a migration that has been applied somewhere is never written anew, only added to.
    generate: async (base) => {
      const out = join(base, "service/metadata/migrations");
      await cp(join(ROOT, "service/metadata/migrations"), out, { recursive: true });
      const schema = "./service/metadata/tables/*.ts";
      // An absolute folder makes drizzle-kit fail, and still exit with 0.
      run("drizzle-kit", ["generate", "--dialect", "postgresql", "--schema", schema, "--out", relative(ROOT, out)]);
    },
  },
  {
    path: "docs/openapi.json",
    from: "service/http/openapi.ts and api/schema.ts",
    generate: (base) => writeFile(join(base, "docs/openapi.json"), `${JSON.stringify(openapiDocument(), null, 2)}\n`),
  },
  {
    path: "docs/problems.md",
    from: "api/problem.ts",
    generate: (base) => writeFile(join(base, "docs/problems.md"), problemsPage()),
  },
  ...(await registryProducts()),
];

/** The provider's pages: docs/index.md, docs/resources/ and so on, of which each folder holds nothing else. */
async function registryProducts(): Promise<Product[]> {
  const pages = [...(await registryPages())].map(([path, text]) => ({ path: `docs/${path}`, text }));
  const tops = new Set(pages.map(({ path }) => path.split("/").slice(0, 2).join("/")));
  return [...tops].map((top) => ({
    path: top,
    from: "the provider's schema and examples/terraform/",
    generate: async (base) => {
      for (const { path, text } of pages.filter((page) => page.path === top || page.path.startsWith(`${top}/`))) {
        await mkdir(dirname(join(base, path)), { recursive: true });
        await writeFile(join(base, path), text);
      }
    },
  }));
}

function run(command: string, args: readonly string[]): void {
  const env = { ...process.env, PATH: `${BIN}${delimiter}${process.env["PATH"] ?? ""}` };
  try {
    execFileSync(join(BIN, command), args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/** The text of every file at or below `path`, by its path from there. */
async function textsAt(path: string): Promise<Map<string, string>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(async (error) => {
    if (error.code !== "ENOTDIR" && error.code !== "ENOENT") throw error;
    return undefined;
  });
  if (!entries) return new Map([["", await readFile(path, "utf8").catch(() => "")]]);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      files.map(async (file) => [file.slice(path.length + 1), await readFile(file, "utf8")] as [string, string]),
    ),
  );
}

/** The files of a product that are not what the generator writes. */
async function staleFiles(product: Product, base: string): Promise<string[]> {
  const [fresh, present] = await Promise.all([textsAt(join(base, product.path)), textsAt(join(ROOT, product.path))]);
  const names = [...new Set([...fresh.keys(), ...present.keys()])].sort();
  return names.filter((name) => fresh.get(name) !== present.get(name)).map((name) => join(product.path, name));
}

async function main(check: boolean): Promise<number> {
  const base = await mkdtemp(join(tmpdir(), "nskv-gen-"));
  let stale = 0;
  try {
    for (const product of PRODUCTS) {
      await mkdir(dirname(join(base, product.path)), { recursive: true });
      await product.generate(base);
      const files = await staleFiles(product, base);
      stale += files.length;
      for (const file of files) console.log(`${file} ${check ? "is stale" : "is written"}: it follows ${product.from}`);
      if (check || files.length === 0) continue;
      await rm(join(ROOT, product.path), { recursive: true, force: true });
      await cp(join(base, product.path), join(ROOT, product.path), { recursive: true });
    }
  } finally {
    await rm(base, { recursive: true, force: true });
  }
  if (stale === 0) console.log("Everything generated is up to date.");
  else if (check) console.error(`Run "make gen" and commit what it writes.`);
  return check && stale > 0 ? 1 : 0;
}

process.exitCode = await main(process.argv.includes("--check"));
