import { IMPORT_ENTRY_BYTES_MAX, IMPORT_YAML_BYTES_MAX, VALUE_HEAD_BYTES } from "../../../api/limits.ts";
import type { ImportItem } from "../../domain/import-item.ts";
import { JsonChecker } from "../../domain/json-check.ts";
import { textOf, trimmed } from "../../domain/json-text.ts";
import { ByteSource, unreadable } from "./byte-source.ts";
import { incoming, invalid, itemOf, refused } from "./incoming.ts";
import { isJsonSpace } from "./json-flow.ts";
import { readJson } from "./json-reader.ts";
import { entryOfYaml } from "./yaml-entry.ts";

const OPEN_OBJECT = 0x7b;

/**
 * A block mapping of keys to values, entry by entry: an entry goes from one name at the line's start to the next. A value
 * that is JSON too is taken as its bytes; others are read as YAML 1.2. A document that begins with a bracket is read as
 * JSON, which is YAML.
 */
export async function* readYaml(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ImportItem> {
  const source = new ByteSource(bytes);
  try {
    if (await beginsWithBracket(source)) {
      yield* readJson(rest(source));
      return;
    }
    for await (const { line, text } of entriesOf(source)) yield itemOfEntry(line, text);
  } finally {
    await source.close();
  }
}

/** Takes nothing: space at a line's start means something in YAML. */
async function beginsWithBracket(source: ByteSource): Promise<boolean> {
  for (;;) {
    const first = source.buffered.find((byte) => !isJsonSpace(byte));
    if (first !== undefined || source.buffered.length > VALUE_HEAD_BYTES) return first === OPEN_OBJECT;
    if (!(await source.more())) return false;
  }
}

async function* rest(source: ByteSource): AsyncGenerator<Uint8Array> {
  do yield source.take(source.buffered.length);
  while (await source.more());
}

interface Lines {
  readonly line: number;
  /** Undefined when they are too many. */
  readonly text: Uint8Array | undefined;
}

/** A line that begins with space, `#`, `- ` or `:` belongs to the entry before. */
const CONTINUES = /^(?:[ \t\r\n#:]|-[ \t\r\n])/;

async function* entriesOf(source: ByteSource): AsyncGenerator<Lines> {
  let lines: Uint8Array[] = [];
  let length = 0;
  let start = 1;
  const entry = () => ({ line: start, text: length <= IMPORT_ENTRY_BYTES_MAX ? Buffer.concat(lines) : undefined });
  for (;;) {
    const { line } = source;
    const next = await source.takeLine(IMPORT_ENTRY_BYTES_MAX);
    const head = next instanceof Uint8Array ? Buffer.from(next.subarray(0, 5)).toString("latin1") : "";
    const continues = next !== undefined && lines.length > 0 && CONTINUES.test(head);
    if (lines.length > 0 && !continues) {
      yield entry();
      [lines, length] = [[], 0];
    }
    if (next === undefined) return;
    if (next === "long") {
      start = line;
      yield { line, text: undefined };
      await source.skipLine();
    } else if (continues || !isBetween(head, line)) {
      if (!continues) start = line;
      length += next.length;
      if (length <= IMPORT_ENTRY_BYTES_MAX) lines.push(next);
    }
  }
}

/** Comments and empty lines before the first entry, and the marks where a document begins and ends. */
function isBetween(head: string, line: number): boolean {
  if (/^(?:---|\.\.\.)[ \t\r\n]?/.test(head) && head.trim().length === 3) return true;
  if (/^[ \t]*[^ \t\r\n#]/.test(head) && CONTINUES.test(head))
    throw unreadable(line, "expected a mapping of names to values, its names at the start of their lines.");
  return CONTINUES.test(head);
}

/** Characters within which a name and its colon stand, all of it escaped. */
const NAME_LENGTH_MAX = 8_192;
/** `name: ` or `"name": `, then what may be JSON. */
const ENTRY = /^(?:([A-Za-z_][\w./-]*)|("(?:[^"\\]|\\.)*")):(?=[ \r\n])/s;

function itemOfEntry(line: number, bytes: Uint8Array | undefined): ImportItem {
  try {
    if (!bytes) throw invalid("value", `An entry of a YAML has at most ${IMPORT_ENTRY_BYTES_MAX} bytes.`);
    const text = textOf(bytes);
    const [whole, plain, quoted] = ENTRY.exec(text.slice(0, NAME_LENGTH_MAX)) ?? [];
    const name = plain ?? (quoted === undefined ? undefined : jsonName(quoted));
    // What an export indented comes back as it was.
    const json = whole === undefined ? "" : trimmed(text.slice(whole.length).replaceAll("\n  ", "\n"));
    if (name !== undefined && isJson(json))
      return itemOf(line, name, (key) => incoming({ line, key, value: Buffer.from(json), form: "json" }));
    if (bytes.length > IMPORT_YAML_BYTES_MAX)
      throw invalid("value", `A value that is not JSON has at most ${IMPORT_YAML_BYTES_MAX} bytes in YAML.`);
    const { key: keyText, value, type } = entryOfYaml(text);
    return itemOf(line, keyText, (key) => incoming({ line, key, value: Buffer.from(value), type, form: "json" }));
  } catch (error) {
    return refused(line, undefined, error);
  }
}

function jsonName(quoted: string): string | undefined {
  return isJson(quoted) ? (JSON.parse(quoted) as string) : undefined;
}

function isJson(text: string): boolean {
  const checker = new JsonChecker();
  try {
    checker.push(Buffer.from(text));
    checker.end();
    return true;
  } catch {
    return false;
  }
}
