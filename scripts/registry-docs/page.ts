/** A page of the registry: https://developer.hashicorp.com/terraform/registry/providers/docs */
export interface Page {
  /** Such as `namespace_kv Resource - namespace`. */
  readonly title: string;
  /** The index belongs to no sub-category, and must not say so. */
  readonly index?: boolean;
  /** What the page follows, for the note to who would edit it. */
  readonly from: string;
  readonly heading: string;
  /** Markdown. Its first paragraph is also what lists of pages show. */
  readonly description: string;
  /** Markdown, one after another; empty ones are left out. */
  readonly sections: readonly string[];
}

export function printPage({ title, index, from, heading, description, sections }: Page): string {
  const [first = ""] = description.split("\n\n");
  const matter = [
    `# Written by \`make gen\` from ${from}.`,
    `page_title: "${title}"`,
    ...(index ? [] : ['subcategory: ""']),
    "description: |-",
    ...plainText(first)
      .split("\n")
      .map((line) => `  ${line}`),
  ];
  const body = [`# ${heading}`, description, ...sections].map((part) => part.trim()).filter((part) => part !== "");
  return `---\n${matter.join("\n")}\n---\n\n${body.join("\n\n")}\n`;
}

export const codeBlock = (language: string, text: string): string => `\`\`\`${language}\n${text.trim()}\n\`\`\``;

/** Markdown without the signs of inline code, emphasis and links, as far as our descriptions use them. */
const plainText = (markdown: string): string =>
  markdown.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1").replaceAll(/[`*]/g, "");
