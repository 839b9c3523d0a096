import { OBJECT_NAME_BYTES_MAX, OBJECT_NAME_SEGMENT_BYTES_MAX } from "../../api/limits.ts";

/**
 * Throws when a name could leave its place in a file system or a bucket, or would not fit there. `newObjectName` makes no
 * such name; one from anywhere else must not be trusted with a folder of the machine. A segment that begins with a dot is
 * refused whole: those are `.`, `..` and our folder of temporary files.
 */
export function checkObjectName(name: string): void {
  const complaint = complaintAbout(name);
  if (complaint) throw new Error(`Not an object's name, ${complaint}: ${JSON.stringify(name)}`);
}

function complaintAbout(name: string): string | undefined {
  if (Buffer.byteLength(name) > OBJECT_NAME_BYTES_MAX) return `longer than ${OBJECT_NAME_BYTES_MAX} bytes`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  if (/[\u0000-\u001f\u007f\\]/.test(name)) return "it has a control character or a backslash";
  if (!name.isWellFormed()) return "it has half a surrogate pair";
  for (const segment of name.split("/")) {
    if (segment === "") return "it has an empty segment";
    if (segment.startsWith(".")) return "a segment begins with a dot";
    if (Buffer.byteLength(segment) > OBJECT_NAME_SEGMENT_BYTES_MAX) {
      return `a segment is longer than ${OBJECT_NAME_SEGMENT_BYTES_MAX} bytes`;
    }
  }
  return undefined;
}

/** The order in which every `Objects` lists: by the bytes of UTF-8, as S3 does. It is not the order of JavaScript's `<`. */
export const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));
