import { pipeline, Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { IMPORT_ENTRY_BYTES_MAX } from "../../../api/limits.ts";
import type { ImportItem } from "../../domain/import-item.ts";
import { jsonText } from "../../domain/json-text.ts";
import type { Key } from "../../domain/key.ts";
import { parseDescription, parseLabels, parseType } from "../fields.ts";
import { unreadable } from "./byte-source.ts";
import { CSV_COLUMNS } from "./csv-writer.ts";
import { incoming, invalid, itemOf, lifetimeOf } from "./incoming.ts";
import { LineCounter } from "./line-counter.ts";

interface Row {
  /** Bytes up to the row's end. */
  readonly info: { readonly bytes: number };
  readonly record: readonly string[];
}

/** The cell of a column, "" where it is empty, undefined where there is no such column. */
type Cells = (column: (typeof CSV_COLUMNS)[number] | "secret") => string | undefined;

/** A row for each entry below a row of column names, of which `key` and `value` are needed. Fails with `malformed`. */
export async function* readCsv(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ImportItem> {
  const lines = new LineCounter();
  let columns: ReadonlyMap<string, number> | undefined;
  for await (const { info, record } of rowsOf(lines.passing(bytes), lines)) {
    const line = lines.lastBefore(info.bytes) - breaksIn(record);
    if (!columns) columns = columnsOf(record);
    else yield itemOfRow(record, columns, line);
  }
}

const breaksIn = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);

async function* rowsOf(bytes: AsyncIterable<Uint8Array>, lines: LineCounter): AsyncGenerator<Row> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: IMPORT_ENTRY_BYTES_MAX,
  });
  // A failure of either ends both; it is met where the rows are read.
  pipeline(Readable.from(bytes, { objectMode: false }), parser, () => undefined);
  try {
    for await (const row of parser) yield row as Row;
  } catch (error) {
    throw error instanceof CsvError ? unreadable(lines.last, REASONS[error.code] ?? ILL_QUOTED) : error;
  }
}

const ILL_QUOTED = "this is no CSV. A cell with quotes, commas or line breaks stands in quotes, its own quotes twice.";
const REASONS: Partial<Record<string, string>> = {
  CSV_MAX_RECORD_SIZE: `a row has at most ${IMPORT_ENTRY_BYTES_MAX} characters.`,
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and never closed.",
};

const KNOWN = [...CSV_COLUMNS, "secret"];

function columnsOf(names: readonly string[]): ReadonlyMap<string, number> {
  const columns = new Map(names.map((name, index) => [name.trim(), index]));
  for (const needed of ["key", "value"])
    if (!columns.has(needed))
      throw unreadable(1, `the first row names the columns, and '${needed}' must be among them.`);
  for (const name of columns.keys())
    if (!KNOWN.includes(name))
      throw unreadable(1, `there is no column '${name.slice(0, 100)}'; there are ${KNOWN.join(", ")}.`);
  return columns;
}

function itemOfRow(record: readonly string[], columns: ReadonlyMap<string, number>, line: number): ImportItem {
  const cell: Cells = (column) => {
    const index = columns.get(column);
    return index === undefined ? undefined : (record[index] ?? "");
  };
  return itemOf(line, cell("key"), (key) => {
    if (record.length > columns.size)
      throw invalid("value", `A row has at most as many cells as there are columns, ${columns.size}.`);
    return entryOf(cell, key, line);
  });
}

function entryOf(cell: Cells, key: Key, line: number): ImportItem {
  const type = cell("type") ? parseType(cell("type") ?? "") : undefined;
  const text = cell("value") ?? "";
  const isBare = type !== undefined && type !== "STRING";
  const [description, labels] = [cell("description"), cell("labels")];
  return incoming({
    line,
    key,
    value: isBare ? Buffer.from(text) : jsonText(text),
    form: "text",
    type,
    said: {
      lifetime: lifetimeOf(orNull(cell("ttl")), orNull(cell("expiresAt"))),
      description: description ? parseDescription(description) : orNull(description),
      labels: labels === undefined ? undefined : parseLabels(labelsIn(labels || "{}")),
      secret: secretIn(cell("secret")),
    },
  });
}

/** An empty cell says that there is none; a column that is missing says nothing. */
const orNull = (cell: string | undefined): string | null | undefined => (cell === "" ? null : cell);

function labelsIn(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw invalid("labels", 'Labels are a JSON object of texts, such as {"team": "data"}.');
    throw error;
  }
}

function secretIn(cell: string | undefined): boolean | undefined {
  if (cell && cell !== "true" && cell !== "false") throw invalid("secret", "It must be true or false.");
  return cell ? cell === "true" : undefined;
}
