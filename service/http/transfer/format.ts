import type { Fetched } from "../../domain/export-values.ts";
import type { ImportItem } from "../../domain/import-item.ts";
import { readCsv } from "./csv-reader.ts";
import { writeCsv } from "./csv-writer.ts";
import { readDotenv } from "./dotenv-reader.ts";
import { writeDotenv } from "./dotenv-writer.ts";
import { readJson } from "./json-reader.ts";
import { writeJson } from "./json-writer.ts";
import { readNdjson } from "./ndjson-reader.ts";
import { writeNdjson } from "./ndjson-writer.ts";
import { readYaml } from "./yaml-reader.ts";
import { writeYaml } from "./yaml-writer.ts";

export interface Format {
  /** The first is what an export is answered with. */
  readonly mediaTypes: readonly [string, ...string[]];
  readonly extension: string;
  /** `skip`: what the format cannot hold is left out, and does not fail. */
  write(records: AsyncIterable<Fetched>, skip: boolean): AsyncIterable<Uint8Array | string>;
  /** `byEtag`: each entry is changed only if it still has the ETag that it brings. */
  read(bytes: AsyncIterable<Uint8Array>, byEtag: boolean): AsyncIterable<ImportItem>;
}

export const FORMATS = {
  ndjson: {
    mediaTypes: ["application/x-ndjson", "application/ndjson", "application/jsonl"],
    extension: "ndjson",
    write: writeNdjson,
    read: readNdjson,
  },
  json: { mediaTypes: ["application/json"], extension: "json", write: writeJson, read: readJson },
  yaml: {
    mediaTypes: ["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"],
    extension: "yaml",
    write: writeYaml,
    read: readYaml,
  },
  csv: { mediaTypes: ["text/csv"], extension: "csv", write: writeCsv, read: readCsv },
  dotenv: { mediaTypes: ["text/x-dotenv"], extension: "env", write: writeDotenv, read: readDotenv },
} as const satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[];
