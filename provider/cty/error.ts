import { type Path, printPath } from "./path.ts";

/** A value that cannot be read or written. The only error that this folder throws on purpose.
 *  Neither `path` nor `reason` holds a value: at most the names on the way to it. */
export class CtyError extends Error {
  override readonly name = "CtyError";
  readonly path: Path;
  /** What is wrong, without the place, for a diagnostic that carries the path itself. */
  readonly reason: string;

  constructor(path: Path, reason: string) {
    super(path.length === 0 ? reason : `${printPath(path)}: ${reason}`);
    this.path = path;
    this.reason = reason;
  }
}
