import { isUtf8 } from "node:buffer";
import { list, map, nullOf, set, str, tuple } from "./make.ts";
import { decodeNumber } from "./msgpack-number.ts";
import { FALSE, MsgpackReader, NIL, TRUE } from "./msgpack-reader.ts";
import type { Path } from "./path.ts";
import { decodeUnknown, isExtension } from "./refinement.ts";
import { Trail } from "./trail.ts";
import type { CollectionType, ObjectType, TupleType, Type } from "./type.ts";
import { parseType } from "./type-notation.ts";
import type { StringValue, Value } from "./value.ts";

/** Reads a value from the msgpack of a DynamicValue, by the type that the schema gives it. Accepts all spellings that
 *  go-cty accepts; bytes after the value are ignored. Throws a CtyError, and nothing else, whose path starts with `at`.
 *  Forms: https://pkg.go.dev/github.com/zclconf/go-cty/cty/msgpack and Terraform's docs/plugin-protocol/object-wire-format.md */
export function decodeMsgpack(bytes: Uint8Array, type: Type, at: Path = []): Value {
  return decodeValue(new MsgpackReader(bytes, new Trail(at)), type);
}

function decodeValue(reader: MsgpackReader, type: Type): Value {
  const code = reader.peek();
  if (isExtension(code)) return decodeUnknown(reader, type);
  if (code === NIL) {
    reader.byte();
    return nullOf(type);
  }
  switch (type.kind) {
    case "string":
      return decodeString(reader);
    case "number":
      return { kind: "number", value: decodeNumber(reader) };
    case "bool":
      return decodeBool(reader);
    case "list":
    case "set":
      return decodeSequence(reader, type.kind, type.element);
    case "map":
      return decodeMap(reader, type);
    case "tuple":
      return decodeTuple(reader, type);
    case "object":
      return decodeObject(reader, type);
    case "dynamic":
      return decodeDynamic(reader);
  }
}

function decodeString(reader: MsgpackReader): StringValue {
  const bytes = reader.text() ?? reader.trail.fail("a string is required");
  const text = bytes.toString();
  if (text.includes("\uFFFD") && !isUtf8(bytes)) {
    return { ...str(text), invalidUtf8: Uint8Array.from(bytes) };
  }
  return text.length === bytes.length ? { kind: "string", value: text } : str(text); // ASCII alone is NFC already
}

function decodeBool(reader: MsgpackReader): Value {
  const code = reader.byte();
  if (code !== TRUE && code !== FALSE) reader.trail.fail("a bool is required");
  return { kind: "bool", value: code === TRUE };
}

function decodeSequence(reader: MsgpackReader, kind: "list" | "set", of: Type): Value {
  const length = reader.arrayLength() ?? reader.trail.fail(`a ${kind} is required`);
  const items: Value[] = [];
  for (let index = 0; index < length; index++) items.push(decodeItem(reader, of, index));
  return kind === "set" ? set(of, items) : list(of, items);
}

function decodeTuple(reader: MsgpackReader, { elements }: TupleType): Value {
  const length = reader.arrayLength();
  if (length !== elements.length) reader.trail.fail(`a tuple of length ${elements.length} is required`);
  const items: Value[] = [];
  for (const [index, of] of elements.entries()) items.push(decodeItem(reader, of, index));
  return tuple(items);
}

function decodeItem(reader: MsgpackReader, of: Type, index: number): Value {
  reader.trail.enter({ index });
  const item = decodeValue(reader, of);
  reader.trail.leave();
  return item;
}

function decodeMap(reader: MsgpackReader, { element }: CollectionType): Value {
  const length = reader.mapLength() ?? reader.trail.fail("a map is required");
  const entries = new Map<string, Value>();
  for (let i = 0; i < length; i++) {
    const key = decodeName(reader);
    reader.trail.enter({ key });
    entries.set(key, decodeValue(reader, element));
    reader.trail.leave();
  }
  return map(element, entries);
}

function decodeObject(reader: MsgpackReader, { attributes }: ObjectType): Value {
  const length = reader.mapLength() ?? reader.trail.fail("an object is required");
  if (length !== attributes.size) {
    reader.trail.fail(`an object with ${attributes.size} attributes is required (${length} given)`);
  }
  const entries = new Map<string, Value>();
  for (let i = 0; i < length; i++) {
    const name = decodeName(reader);
    reader.trail.enter({ attribute: name });
    const of = attributes.get(name) ?? reader.trail.fail("there is no such attribute");
    if (entries.has(name)) reader.trail.fail("this attribute comes twice");
    entries.set(name, decodeValue(reader, of));
    reader.trail.leave();
  }
  return { kind: "object", entries };
}

function decodeName(reader: MsgpackReader): string {
  const name = decodeString(reader);
  if (name.invalidUtf8 !== undefined) reader.trail.fail("a name that is not UTF-8");
  return name.value;
}

/** A value that brings its type along, as JSON in a bin (or a str). */
function decodeDynamic(reader: MsgpackReader): Value {
  if (reader.arrayLength() !== 2) reader.trail.fail("a dynamic value must be its type and its value");
  const notation = reader.text() ?? reader.trail.fail("a dynamic value must begin with its type");
  const type = parseType(notation.toString(), reader.trail.path());
  // Go-cty never writes it, and it would let a message nest without ever entering anything.
  if (type.kind === "dynamic") reader.trail.fail("the type of a dynamic value must be a real one");
  return decodeValue(reader, type);
}
