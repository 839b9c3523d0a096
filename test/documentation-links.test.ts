import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const pages = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].concat(
  (await readdir("docs", { recursive: true })).filter((name) => name.endsWith(".md")).map((name) => join("docs", name)),
);

it("every link of a page to a file of the repository leads there", async () => {
  const broken: string[] = [];
  let found = 0;
  for (const page of pages) {
    const prose = (await readFile(page, "utf8")).replaceAll(/^```[\s\S]*?^```$/gm, "");
    for (const [, target = ""] of prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      found += 1;
      if (!existsSync(join(dirname(page), target))) broken.push(`${page} links to ${target}`);
    }
  }
  expect(broken).toEqual([]);
  expect(found).toBeGreaterThan(10);
});
