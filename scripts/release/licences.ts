import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const INTRODUCTION = "This program holds Node.js and the libraries that are named below, each under its own licence.\n";
const RULE = `\n${"=".repeat(80)}\n\n`;

/**
 * The notices that the licences of others ask for in every copy: of Node, and of the libraries in the bundle.
 * Fails when a library has none, since then nobody may pass it on.
 * @param node the file of Node's own licence
 * @param inputs the bundle's source files, as paths from the repository's root
 */
export async function noticesOf(node: string, inputs: readonly string[]): Promise<string> {
  const parts = [await readFile(node, "utf8")];
  for (const library of librariesIn(inputs))
    parts.push(
      await noticeOf(
        library,
        inputs.filter((file) => file.startsWith(`${library}/`)),
      ),
    );
  return [INTRODUCTION, ...parts].join(RULE);
}

/** Pure. The folders of the libraries that `inputs` are files of. */
export function librariesIn(inputs: readonly string[]): string[] {
  const folders = inputs.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file) ?? []);
  return [...new Set(folders)].sort();
}

async function noticeOf(library: string, inputs: readonly string[]): Promise<string> {
  const folder = join(ROOT, library);
  const about = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Record<string, unknown>;
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice|copying)(\.|$)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
  // Some say it at the head of each file instead; Apache's own text comes with grpc-js.
  if (texts.length === 0) texts.push(...(await copyrightsOf(inputs)));
  if (texts.length === 0) throw new Error(`${library} comes without a licence.`);
  return [`${about["name"]} ${about["version"]}, ${about["license"]}\n`, ...texts].join("\n");
}

async function copyrightsOf(inputs: readonly string[]): Promise<string[]> {
  const sources = await Promise.all(inputs.map((file) => readFile(join(ROOT, file), "utf8")));
  const heads = sources.map((source) => /^(?:\/\/.*\n)+/.exec(source)?.[0].replaceAll(/^\/\/ ?/gm, ""));
  return [...new Set(heads)].filter((head) => head?.includes("Copyright")).map((head) => `${head}`);
}
