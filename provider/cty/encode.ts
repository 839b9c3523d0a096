import { encodeNumber } from "./msgpack-number.ts";
import { FALSE, NIL, TRUE } from "./msgpack-reader.ts";
import { MsgpackWriter } from "./msgpack-writer.ts";
import type { Path, Step } from "./path.ts";
import { REFINED } from "./refinement.ts";
import { compareUtf8 } from "./text.ts";
import { Trail } from "./trail.ts";
import { type ObjectType, sameType, type TupleType, type Type } from "./type.ts";
import { printType } from "./type-notation.ts";
import {
  type ListValue,
  type MapValue,
  misfit,
  type ObjectValue,
  type StringValue,
  type TupleValue,
  typeOf,
  type UnknownValue,
  type Value,
} from "./value.ts";

/** An unknown value of which nothing more is known: an extension of type 0 with one byte that means nothing. */
const UNKNOWN = Uint8Array.of(0xd4, 0, 0);

/** Writes a value as the msgpack of a DynamicValue, by the type that the schema gives it, byte for byte as go-cty does (but
 *  all digits of a number that has more than 153 of them, and a set in the order of its items, which Terraform sorts).
 *  Throws a CtyError, whose path starts with `at`, when the value does not fit the type: nothing is converted. */
export function encodeMsgpack(value: Value, type: Type, at: Path = []): Uint8Array<ArrayBuffer> {
  const writer = new MsgpackWriter(new Trail(at));
  encodeValue(writer, value, type);
  return writer.finish();
}

function encodeValue(writer: MsgpackWriter, value: Value, type: Type): void {
  if (type.kind === "dynamic") encodeDynamic(writer, value);
  else if (value.kind === "null") writer.byte(NIL);
  else if (value.kind === "unknown") encodeUnknown(writer, value, type);
  else if (value.kind === "string" && type.kind === "string") encodeString(writer, value);
  else if (value.kind === "number" && type.kind === "number") encodeNumber(writer, value.value);
  else if (value.kind === "bool" && type.kind === "bool") writer.byte(value.value ? TRUE : FALSE);
  else if (value.kind === "object" && type.kind === "object") encodeObject(writer, value, type);
  else if (value.kind === "map" && type.kind === "map") encodeMap(writer, value, type.element);
  else if (value.kind === "tuple" && type.kind === "tuple") encodeTuple(writer, value, type);
  else if (value.kind === "list" && type.kind === "list") encodeSequence(writer, value, type.element);
  else if (value.kind === "set" && type.kind === "set") encodeSequence(writer, value, type.element);
  else writer.trail.fail(misfit(value, type));
}

function encodeString(writer: MsgpackWriter, { value, invalidUtf8 }: StringValue): void {
  if (invalidUtf8 === undefined) {
    writer.text(value);
    return;
  }
  writer.textLength(invalidUtf8.length);
  writer.raw(invalidUtf8);
}

function encodeSequence(writer: MsgpackWriter, { items }: ListValue, of: Type): void {
  writer.arrayLength(items.length);
  for (const [index, item] of items.entries()) encodePart(writer, { index }, item, of);
}

function encodeTuple(writer: MsgpackWriter, { items }: TupleValue, { elements }: TupleType): void {
  writer.arrayLength(elements.length);
  for (const [index, of] of elements.entries()) encodePart(writer, { index }, items[index], of);
  if (items.length > elements.length) writer.trail.fail(`a tuple of length ${elements.length} is required`);
}

function encodeMap(writer: MsgpackWriter, { entries }: MapValue, of: Type): void {
  writer.mapLength(entries.size);
  for (const [key, value] of [...entries].sort(([a], [b]) => compareUtf8(a, b))) {
    writer.text(key);
    encodePart(writer, { key }, value, of);
  }
}

function encodeObject(writer: MsgpackWriter, { entries }: ObjectValue, { attributes }: ObjectType): void {
  writer.mapLength(attributes.size);
  for (const [attribute, of] of attributes) {
    writer.text(attribute);
    encodePart(writer, { attribute }, entries.get(attribute), of);
  }
  if (entries.size > attributes.size) {
    const attribute = [...entries.keys()].find((name) => !attributes.has(name)) ?? "";
    writer.trail.failAt({ attribute }, "there is no such attribute");
  }
}

function encodePart(writer: MsgpackWriter, step: Step, part: Value | undefined, of: Type): void {
  writer.trail.enter(step);
  encodeValue(writer, part ?? writer.trail.fail("a value is missing"), of);
  writer.trail.leave();
}

/** What is null or unknown and of no type yet goes bare; everything else brings its type along. */
function encodeDynamic(writer: MsgpackWriter, value: Value): void {
  const type = typeOf(value);
  if (type.kind === "dynamic") {
    if (value.kind === "unknown") writer.raw(UNKNOWN);
    else writer.byte(NIL);
    return;
  }
  const notation = Buffer.from(printType(type));
  writer.arrayLength(2);
  writer.binLength(notation.length);
  writer.raw(notation);
  encodeValue(writer, value, type);
}

function encodeUnknown(writer: MsgpackWriter, { type: from, refinement }: UnknownValue, type: Type): void {
  // Bounds of another type would be refused; to say less than one knows is always right.
  if (refinement === undefined || !sameType(from, type)) {
    writer.raw(UNKNOWN);
    return;
  }
  writer.extension(REFINED, refinement.length);
  writer.raw(refinement);
}
