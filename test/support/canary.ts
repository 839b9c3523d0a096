import { randomBytes, randomInt } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";

/** Text that is nowhere by chance, and needs no escaping in JSON, URLs or SQL. */
export const freshCanary = (): string => `canary${randomBytes(9).toString("hex")}`;
/** A number that is nowhere by chance. */
export const freshDigits = (): string => Array.from({ length: 30 }, () => randomInt(1, 10)).join("");

/** How `secret` looks wherever it may lie: as it is, in hexadecimal, in base64 at each of its three alignments. */
function formsOf(secret: string): readonly string[] {
  const hex = Buffer.from(secret).toString("hex");
  const aligned = [0, 1, 2].map((before) => {
    const text = Buffer.from(`${"x".repeat(before)}${secret}`)
      .toString("base64")
      .replace(/=+$/, "");
    // The first and the last characters also depend on what stands beside it.
    return text.slice(before === 0 ? 0 : 4, -2);
  });
  return [
    secret,
    hex,
    hex.toUpperCase(),
    ...aligned,
    ...aligned.map((text) => text.replace(/\+/g, "-").replace(/\//g, "_")),
  ];
}

/** The secrets that `text` gives away, each with what stands around it. */
export const leaks = (text: string, secrets: readonly string[]): readonly string[] =>
  secrets.flatMap(formsOf).flatMap((form) => {
    const at = text.indexOf(form);
    return at === -1 ? [] : [text.slice(Math.max(0, at - 100), at + form.length + 20)];
  });

/** All that a database tells: every row of every table and view, the system's own among them, as text. */
export async function dumpOf(url: string): Promise<string> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    const tables = await sql<{ name: string }[]>`
      SELECT quote_ident(nspname) || '.' || quote_ident(relname) AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relkind IN ('r', 'p', 'v', 'm')`;
    const dumps = [];
    for (const { name } of tables) {
      // Some of the system's views need more than a superuser has, such as a module that is not there.
      const rows = await sql.unsafe(`SELECT t::text AS row FROM ${name} t`).catch(() => []);
      dumps.push(`${name}\n${rows.map(({ row }) => row).join("\n")}`);
    }
    return dumps.join("\n");
  } finally {
    await sql.end();
  }
}

/** The bytes of all files below a folder, as text that has each byte. */
export async function filesBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "latin1")))).join("\n");
}
