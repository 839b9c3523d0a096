import type { Path } from "../cty/path.ts";

/** What Terraform shows to people: a title, a place, and what is wrong with the next command. Never a value. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail: string;
  /** The part of the configuration that it is about. */
  readonly path?: Path | undefined;
}

export const error = (summary: string, detail: string, path?: Path): Diagnostic => ({
  severity: "error",
  summary,
  detail,
  path,
});

export const warning = (summary: string, detail: string, path?: Path): Diagnostic => ({
  severity: "warning",
  summary,
  detail,
  path,
});

/** An error about one attribute. */
export const attributeError = (attribute: string, summary: string, detail: string): Diagnostic =>
  error(summary, detail, [{ attribute }]);

/** What is told of a mistake of our own: without the error's message, which might hold a part of a value. JSON.parse, for
 *  one, quotes what it could not read. */
export function bug(failure: unknown): Diagnostic {
  const name = failure instanceof Error ? failure.name : typeof failure;
  const frames = failure instanceof Error ? (failure.stack?.match(/^ {4}at .*$/gm) ?? []) : [];
  return error(
    "The provider made a mistake",
    `Nothing in the configuration causes this. Please report it with these lines:\n\n${[name, ...frames.slice(0, 5)].join("\n")}`,
  );
}

export const isError = ({ severity }: Diagnostic): boolean => severity === "error";

/** Thrown by a resource for a failure that it explains itself. */
export class DiagnosticError extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.summary);
    this.name = "DiagnosticError";
    this.diagnostic = diagnostic;
  }
}
