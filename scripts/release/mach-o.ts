import { createHash } from "node:crypto";

/**
 * Signs a program for macOS "ad hoc": with the sums of its pages and nobody's name.
 *
 * On arm64 the kernel starts no program without a signature, and injecting the bundle has voided Node's own. Apple's
 * codesign runs on macOS alone; Go's linker writes the same for every program that it links, wherever it runs
 * (cmd/internal/codesign in Go's sources). The format is in <kern/cs_blobs.h> and <mach-o/loader.h>.
 */

const MAGIC_64 = 0xfeedfacf;
const HEADER_BYTES = 32;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const SIGNATURE_COMMAND_BYTES = 16;
/** Of memory on arm64; amd64's are a quarter of it, as are those that are summed. */
const PAGE_BYTES_MAX = 16_384n;

const SUPER_BLOB = { magic: 0xfade0cc0, bytes: 20 } as const;
const CODE_DIRECTORY = { magic: 0xfade0c02, bytes: 88, version: 0x20400 } as const;
/** Ad hoc, and by a linker: codesign may replace it unasked. */
const FLAGS = 0x20002;
const PAGE_BITS = 12;
const SHA256 = { type: 2, bytes: 32 } as const;
const MAIN_PROGRAM = 1n;

interface Segment {
  readonly at: number;
  readonly name: string;
  readonly offset: bigint;
  readonly bytes: bigint;
}

/**
 * Answers `program` with its signature behind it.
 * Fails when it is no 64-bit Mach-O, has a signature already, or has no room for one more load command.
 */
export function adHocSigned(program: Buffer, identifier: string): Buffer {
  if (program.readUInt32LE(0) !== MAGIC_64) throw new Error("This is no 64-bit Mach-O program.");
  const commandsEnd = HEADER_BYTES + program.readUInt32LE(20);
  const { segments, contentAt } = layoutOf(program);
  const [text, links] = ["__TEXT", "__LINKEDIT"].map((name) => segments.find((segment) => segment.name === name));
  if (!text || !links) throw new Error("The program has no segment __TEXT or __LINKEDIT.");
  if (commandsEnd + SIGNATURE_COMMAND_BYTES > contentAt)
    throw new Error("There is no room for the signature's command.");

  const signatureAt = Math.ceil(program.length / 16) * 16;
  const size = signatureSize(signatureAt, identifier);
  const signed = Buffer.alloc(signatureAt + size);
  program.copy(signed);
  signed.writeUInt32LE(signed.readUInt32LE(16) + 1, 16);
  signed.writeUInt32LE(signed.readUInt32LE(20) + SIGNATURE_COMMAND_BYTES, 20);
  words(LC_CODE_SIGNATURE, SIGNATURE_COMMAND_BYTES, signatureAt, size).swap32().copy(signed, commandsEnd);
  // The signature lies in the last segment, which grows by it.
  const bytes = BigInt(signed.length) - links.offset;
  const pages = (bytes + PAGE_BYTES_MAX - 1n) / PAGE_BYTES_MAX;
  if (bytes > signed.readBigUInt64LE(links.at + 32)) signed.writeBigUInt64LE(pages * PAGE_BYTES_MAX, links.at + 32);
  signed.writeBigUInt64LE(bytes, links.at + 48);
  signatureOf(signed.subarray(0, signatureAt), text, identifier).copy(signed, signatureAt);
  return signed;
}

function layoutOf(program: Buffer): { readonly segments: readonly Segment[]; readonly contentAt: number } {
  const segments: Segment[] = [];
  let contentAt = program.length;
  let at = HEADER_BYTES;
  for (let left = program.readUInt32LE(16); left > 0; left--) {
    const command = program.readUInt32LE(at);
    if (command === LC_CODE_SIGNATURE) throw new Error("The program is signed already.");
    if (command === LC_SEGMENT_64) {
      const name = program.toString("latin1", at + 8, at + 24).replace(/\0+$/, "");
      segments.push({ at, name, offset: program.readBigUInt64LE(at + 40), bytes: program.readBigUInt64LE(at + 48) });
      for (let section = program.readUInt32LE(at + 64) - 1; section >= 0; section--) {
        const offset = program.readUInt32LE(at + 72 + 80 * section + 48);
        if (offset > 0) contentAt = Math.min(contentAt, offset); // zero for what is only in memory
      }
    }
    at += program.readUInt32LE(at + 4);
  }
  return { segments, contentAt };
}

const pagesOf = (bytes: number): number => Math.ceil(bytes / 2 ** PAGE_BITS);

const signatureSize = (signed: number, identifier: string): number =>
  SUPER_BLOB.bytes + CODE_DIRECTORY.bytes + Buffer.byteLength(identifier) + 1 + pagesOf(signed) * SHA256.bytes;

/** A SuperBlob that holds one CodeDirectory; unlike the rest of the file its numbers are big-endian. */
function signatureOf(content: Buffer, text: Segment, identifier: string): Buffer {
  const bytes = signatureSize(content.length, identifier);
  const identifierAt = CODE_DIRECTORY.bytes;
  const hashesAt = identifierAt + Buffer.byteLength(identifier) + 1;
  const noSpecialSlots = 0; // neither Info.plist nor requirements nor entitlements
  return Buffer.concat([
    words(SUPER_BLOB.magic, bytes, 1, 0, SUPER_BLOB.bytes),
    words(CODE_DIRECTORY.magic, bytes - SUPER_BLOB.bytes, CODE_DIRECTORY.version, FLAGS),
    words(hashesAt, identifierAt, noSpecialSlots, pagesOf(content.length), content.length),
    Buffer.from([SHA256.bytes, SHA256.type, 0, PAGE_BITS]),
    words(0, 0, 0, 0, 0, 0), // no scatter, no team, no longer limit
    longWords(text.offset, text.bytes, MAIN_PROGRAM),
    Buffer.from(`${identifier}\0`),
    ...Array.from({ length: pagesOf(content.length) }, (_, page) => {
      const bytes = content.subarray(page << PAGE_BITS, (page + 1) << PAGE_BITS);
      return createHash("sha256").update(bytes).digest();
    }),
  ]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

function longWords(...values: readonly bigint[]): Buffer {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) bytes.writeBigUInt64BE(value, 8 * index);
  return bytes;
}
