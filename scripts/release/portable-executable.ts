const PE_OFFSET_AT = 0x3c;
const PE = "PE\0\0";
const PE32_PLUS = 0x20b;
/** From "PE\0\0" to the entry of the optional header's table that says where the signature lies. */
const SIGNATURE_ENTRY_AT = 24 + 112 + 4 * 8;

/**
 * Takes the signature off a Windows program, in place. Windows starts a program without one, but calls one whose
 * signature does not fit forged, and injecting the bundle has voided Node's.
 * https://learn.microsoft.com/windows/win32/debug/pe-format#the-attribute-certificate-table-image-only
 */
export function removeSignature(program: Buffer): void {
  const at = program.readUInt32LE(PE_OFFSET_AT);
  if (program.toString("latin1", at, at + 4) !== PE || program.readUInt16LE(at + 24) !== PE32_PLUS)
    throw new Error("This is no 64-bit Windows program.");
  program.writeBigUInt64LE(0n, at + SIGNATURE_ENTRY_AT);
}
