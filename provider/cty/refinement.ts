import { isUtf8 } from "node:buffer";
import { nullOf, unknownOf } from "./make.ts";
import { decodeNumber } from "./msgpack-number.ts";
import { FALSE, MsgpackReader, TRUE } from "./msgpack-reader.ts";
import type { Trail } from "./trail.ts";
import type { Type } from "./type.ts";
import type { Value } from "./value.ts";

/** The extension that carries what is known of an unknown value: a map from one of these to a bound. */
export const REFINED = 12;
const NULLNESS = 1; // a boolean: true for a null, false for anything else
const PREFIX = 2; // of a string
const NUMBER_MAX = 4; // and MIN = 3: [bound, whether it is included]
const LENGTH_MAX = 6; // and MIN = 5: of a collection
/** Go-cty's own bound for the whole extension, in bytes. */
const REFINEMENT_BYTES_MAX = 1_024;

/** A msgpack extension, of which cty has only unknown values. The payload of a refined one is kept as it came: it can be
 *  sent back, and nothing here has a use for it. One that holds something newer is dropped, which is always sound. */
export function decodeUnknown(reader: MsgpackReader, type: Type): Value {
  const size = extensionSize(reader);
  const code = reader.byte();
  const payload = reader.take(size);
  if (size <= 1) return unknownOf(type);
  if (code !== REFINED) return reader.trail.fail("an extension that stands for no unknown value");
  if (size > REFINEMENT_BYTES_MAX) return reader.trail.fail("an unknown value with more bounds than fit");
  if (type.kind === "dynamic") return unknownOf(type); // as go-cty, which knows no bounds without a type
  const found = inspect(payload, type, reader.trail);
  if (found === "null") return nullOf(type);
  if (found === "newer") return unknownOf(type);
  return { kind: "unknown", type, refinement: Uint8Array.from(payload) }; // a copy, free of the whole message
}

export function isExtension(code: number): boolean {
  return (code >= 0xd4 && code <= 0xd8) || (code >= 0xc7 && code <= 0xc9);
}

function extensionSize(reader: MsgpackReader): number {
  const code = reader.byte();
  return code >= 0xd4 ? 1 << (code - 0xd4) : reader.uint(1 << (code - 0xc7));
}

function inspect(payload: Buffer, type: Type, trail: Trail): "bounds" | "null" | "newer" {
  const reader = new MsgpackReader(payload, trail);
  const length = reader.mapLength() ?? trail.fail("the bounds of an unknown value are no map");
  let found: "bounds" | "null" = "bounds";
  for (let i = 0; i < length; i++) {
    const key = reader.byte();
    if (key < NULLNESS || key > LENGTH_MAX) return "newer";
    if (key === NULLNESS) found = boolean(reader) ? "null" : found;
    else skipBound(reader, key, type);
  }
  return found;
}

/** Checks that a bound is one that the type can have. Go-cty refuses the others, so they must not go back to it. */
function skipBound(reader: MsgpackReader, key: number, type: Type): void {
  const { trail } = reader;
  if (key === PREFIX) {
    const prefix = type.kind === "string" ? reader.text() : undefined;
    if (prefix === undefined || !isUtf8(prefix)) trail.fail("a prefix of no string");
  } else if (key <= NUMBER_MAX) {
    if (type.kind !== "number" || reader.arrayLength() !== 2) trail.fail("a range of no number");
    decodeNumber(reader);
    boolean(reader);
  } else {
    if (!("element" in type)) trail.fail("a length of no collection");
    decodeNumber(reader);
  }
}

function boolean(reader: MsgpackReader): boolean {
  const code = reader.byte();
  if (code !== TRUE && code !== FALSE) reader.trail.fail("a bound of an unknown value must say true or false");
  return code === TRUE;
}
