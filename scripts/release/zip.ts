import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";

/** The earliest that a zip can say. The same files make the same archive, whenever and wherever it is made. */
const MADE = new Date(1980, 0, 1);
/** Terraform gives what it unpacks the archive's mode; without the bits it cannot start a provider that it installed. */
const EXECUTABLE = 0o100755;
const PLAIN = 0o100644;

/** What an archive holds: a file as it lies on the disk, or a text. */
export type Member =
  | { readonly name: string; readonly executable: string }
  | { readonly name: string; readonly text: string };

/** Writes `members`, in the order of their names, to the archive `file`. */
export async function writeZip(file: string, members: readonly Member[]): Promise<void> {
  const zip = new ZipFile();
  const sorted = [...members].sort((one, two) => (one.name < two.name ? -1 : 1));
  for (const member of sorted) {
    const options = { mtime: MADE, forceDosTimestamp: true };
    if ("executable" in member) zip.addFile(member.executable, member.name, { ...options, mode: EXECUTABLE });
    else zip.addBuffer(Buffer.from(member.text), member.name, { ...options, mode: PLAIN });
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}
