import { chmod, cp, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildProvider } from "./build-provider.ts";
import { removeOldChunks } from "./old-chunks.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Builds the program `nskv` and the provider into dist/. Libraries of the service stay in node_modules. */
async function buildService(): Promise<void> {
  const { version } = JSON.parse(await readFile(`${ROOT}package.json`, "utf8")) as { version: string };
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { nskv: "cli/nskv.ts", "pglite-worker": "service/metadata/pglite-worker.ts" },
    outdir: "dist",
    bundle: true,
    splitting: true,
    packages: "external",
    platform: "node",
    target: "node20.19",
    format: "esm",
    sourcemap: true,
    banner: { js: "#!/usr/bin/env node" },
    define: { NSKV_VERSION: JSON.stringify(version) },
    logLevel: "warning",
    metafile: true,
  });
  await removeOldChunks(`${ROOT}dist`, new Set(Object.keys(metafile.outputs).map((file) => basename(file))));
  await chmod(`${ROOT}dist/nskv.js`, 0o755);
  await cp(`${ROOT}service/metadata/migrations`, `${ROOT}dist/migrations`, { recursive: true });
  await copyDocs();
}

/** The page at /docs: ours, and the parts of Swagger UI that it loads. */
async function copyDocs(): Promise<void> {
  const swagger = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  await cp(`${ROOT}service/http/docs-page`, `${ROOT}dist/docs`, { recursive: true });
  for (const file of [
    "swagger-ui-bundle.js",
    "swagger-ui-bundle.js.LICENSE.txt",
    "swagger-ui.css",
    "favicon-32x32.png",
  ])
    await cp(join(swagger, file), `${ROOT}dist/docs/${file}`);
}

await Promise.all([buildService(), buildProvider()]);
