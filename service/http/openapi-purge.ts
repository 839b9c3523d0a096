import { PurgeBody, PurgeView } from "../../api/schema.ts";
import { PROGRESS_MEDIA_TYPE } from "./kv-purge.ts";
import { operation, problems, ref } from "./openapi-parts.ts";

export const purgeKeys = operation(
  "purgeKeys",
  "Destroy keys at once, with their history and bytes; without a body those that have expired",
  {
    200: {
      description: "What was destroyed, or with `dryRun` would be; as NDJSON a line after each page.",
      content: { "application/json": { schema: ref(PurgeView) }, [PROGRESS_MEDIA_TYPE]: { schema: ref(PurgeView) } },
    },
    ...problems("malformed-request", "invalid-field", "too-large", "unavailable"),
  },
  { requestBody: { required: false, content: { "application/json": { schema: ref(PurgeBody) } } } },
);
