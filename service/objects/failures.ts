import { Failure } from "../domain/fault.ts";

const OUT_OF_SPACE: readonly unknown[] = ["ENOSPC", "EDQUOT"];

/** What the caller learns when a store fails; host, path and code stay in `cause`, for the operator's log. */
export function unavailable(cause: unknown): Failure {
  const reason = OUT_OF_SPACE.includes(codeOf(cause))
    ? "The object store has no space left."
    : "The object store does not answer.";
  return new Failure({ kind: "unavailable", reason }, { cause });
}

/** The `code` of a Node.js system error, such as `ENOENT` or `ECONNRESET`. */
export const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

/** An object that is shorter than its entry says. Trying again does not help; someone has to look. */
export class ObjectDamaged extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "ObjectDamaged";
  }
}
