import type { Notes } from "../schema/provider.ts";
import { NOTHING } from "./wire.ts";

/** A resource's notes as the protocol's private state, which is JSON to us and bytes to Terraform. */
export const notesFrom = (sent: Uint8Array): Notes =>
  sent.length === 0 ? {} : (JSON.parse(Buffer.from(sent).toString()) as Notes);

export const toPrivate = (notes: Notes): Uint8Array =>
  Object.keys(notes).length === 0 ? NOTHING : Buffer.from(JSON.stringify(notes));
