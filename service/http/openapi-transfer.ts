import { ExportedLine, ImportedView, ImportProgressView, ImportView } from "../../api/schema/transfer.ts";
import { PROGRESS_MEDIA_TYPE } from "./kv-purge.ts";
import { flag, operation, problems, ref, text } from "./openapi-parts.ts";
import { FORMAT_NAMES, FORMATS } from "./transfer/format.ts";

const choice = (name: string, values: readonly string[], description: string) => ({
  ...text(name, "query", description),
  schema: { type: "string", enum: values },
});

const SCHEMAS: Readonly<Partial<Record<string, object>>> = {
  ndjson: ref(ExportedLine),
  json: { type: "object", additionalProperties: true },
};
const CONTENT = Object.fromEntries(
  FORMAT_NAMES.map((name) => [FORMATS[name].mediaTypes[0], { schema: SCHEMAS[name] ?? { type: "string" } }]),
);

const EXPORTED = {
  200: {
    description:
      "The entries in the order of keys, as they flow. A connection that ends early has brought a part only.",
    headers: { "Content-Disposition": { description: "A file name.", schema: { type: "string" } } },
    content: CONTENT,
  },
  ...problems("malformed-request", "invalid-field", "unavailable"),
};
const EXPORTING = {
  parameters: [
    choice("format", FORMAT_NAMES, "Else what `Accept` names first, else NDJSON, which alone loses nothing."),
    flag("history", "With NDJSON: all kept revisions as well, those of deleted keys among them."),
    flag("skip", "With dotenv: keys and values that such a file cannot hold are left out."),
    text("prefix", "query", "Keys that begin so."),
    text("q", "query", "Text that key or description contains, whatever its case."),
    text("type", "query", "One type, or several with commas between."),
    text("label", "query", "`name=value`; may be repeated."),
  ],
};

export const exportKeys = operation("exportKeys", "Export a namespace", EXPORTED, EXPORTING);
export const exportKeysByPost = operation(
  "exportKeysByPost",
  "The same, for callers that POST to whatever begins with `kv:`",
  { ...EXPORTED, ...problems("too-large"), ...problems("malformed-request", "upload-incomplete") },
  EXPORTING,
);

export const importKeys = operation(
  "importKeys",
  "Import entries into a namespace",
  {
    200: {
      description:
        "What was done, or with `dryRun` would be; as NDJSON a line for each entry that is not the same, and one after each chunk.",
      content: {
        "application/json": { schema: ref(ImportView) },
        [PROGRESS_MEDIA_TYPE]: { schema: { anyOf: [ref(ImportedView), ref(ImportProgressView)] } },
      },
    },
    ...problems(
      "malformed-request",
      "upload-incomplete",
      "import-conflict",
      "too-large",
      "unsupported-media-type",
      "import-incomplete",
      "invalid-field",
      "invalid-value",
      "unavailable",
    ),
  },
  {
    parameters: [
      choice("format", FORMAT_NAMES, "Else what `Content-Type` says."),
      flag("dryRun", "Changes nothing and tells what would be."),
      choice("onConflict", ["overwrite", "skip", "fail"], "What becomes of a key that is there with something else."),
      choice("match", ["etag"], "With NDJSON: an entry is changed only if it still has the ETag of its line."),
      text("X-KV-Door", "header", "Which client this is, for the history: `terraform`, `cli`, `ui` or `flow`."),
    ],
    requestBody: { required: true, description: "The entries, of any number and size.", content: CONTENT },
  },
);
