import { JSON_DEPTH_MAX } from "../../api/limits.ts";
import { CtyError } from "./error.ts";
import type { Path, Step } from "./path.ts";

/** Where a walk through a value stands. It gives an error its place, and it ends a walk that goes deeper than the
 *  service stores, before it overflows the stack. */
export class Trail {
  readonly #start: Path;
  readonly #steps: Step[] = [];

  constructor(start: Path) {
    this.#start = start;
  }

  enter(step: Step): void {
    // A path of a thousand steps helps nobody, so this one error names only where the walk began.
    if (this.#steps.length >= JSON_DEPTH_MAX) {
      throw new CtyError(this.#start, `nested deeper than ${JSON_DEPTH_MAX} levels`);
    }
    this.#steps.push(step);
  }

  leave(): void {
    this.#steps.pop();
  }

  path(): Path {
    return [...this.#start, ...this.#steps];
  }

  /** Fails one step further on. */
  failAt(step: Step, reason: string): never {
    throw new CtyError([...this.path(), step], reason);
  }

  fail(reason: string): never {
    throw new CtyError(this.path(), reason);
  }
}
