/** A fenced block of a guide, of a kind that a test does something with. */
export interface Step {
  readonly kind: "terraform" | "sh" | "text";
  readonly text: string;
  /** Where it begins, for the test's messages. */
  readonly line: number;
}

/**
 * What a guide asks its reader to do, in order. A block of `terraform` is the whole configuration from then on, `sh` is run in
 * its folder, and `text` right after it is what the command prints, where a line `…` stands for any others. A block that
 * is only there to be looked at has a second word: ```terraform fragment.
 */
export function stepsOf(markdown: string): Step[] {
  const blocks = [...markdown.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(({ 1: info = "", 2: text = "", index }) => {
    if (info !== "terraform" && info !== "sh" && info !== "text") return [];
    return [{ kind: info, text, line: markdown.slice(0, index).split("\n").length }];
  });
}

/** The lines of an expected output that what was printed lacks, whatever spaces stand around and between the words. */
export function missingLines(expected: string, printed: string): string[] {
  const found = new Set(printed.split("\n").map(squeezed));
  return expected.split("\n").filter((line) => !["", "…"].includes(squeezed(line)) && !found.has(squeezed(line)));
}

const squeezed = (line: string): string => line.replaceAll(/[│╷╵]/g, "").trim().replaceAll(/\s+/g, " ");
