import { BatchBody, BatchView, KeysView } from "../../api/schema.ts";
import { json, operation, problems, ref, text } from "./openapi-parts.ts";

const HEADERS = [
  text("Idempotency-Key", "header", "A repeat of the request with the same key gets the first answers."),
  text("X-KV-Door", "header", "Which client this is, for the history: `terraform`, `cli`, `ui` or `flow`."),
];
const bodyOf = (schema: Parameters<typeof ref>[0]) => ({
  required: true,
  content: { "application/json": { schema: ref(schema) } },
});
const ALWAYS = ["malformed-request", "invalid-field", "too-large", "upload-incomplete", "unavailable"] as const;

export const batchKeys = operation(
  "batchKeys",
  "Read, write and delete many keys",
  {
    200: json("What became of each operation.", BatchView),
    ...problems(...ALWAYS, "batch-refused"),
  },
  { parameters: HEADERS, requestBody: bodyOf(BatchBody) },
);

export const deleteKeys = operation(
  "deleteKeys",
  "Delete many keys",
  { 200: json("The keys that were there.", KeysView), ...problems(...ALWAYS) },
  { parameters: HEADERS, requestBody: bodyOf(KeysView) },
);
