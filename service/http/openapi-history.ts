import { PAGE_ENTRIES_MAX } from "../../api/limits.ts";
import { EntryView, RevisionView } from "../../api/schema.ts";
import { ETAG_HEADER, json, operation, problems, ref, text } from "./openapi-parts.ts";

/** `suffix` keeps the operation ids of the two spellings apart. */
export const listRevisionsOperation = (suffix: string): object =>
  operation(
    `listRevisions${suffix}`,
    "List a key's revisions, the newest first, also of a deleted key while its history lasts",
    {
      200: {
        description: "The revisions that are kept.",
        headers: { Link: { description: "`rel=next`: older ones.", schema: { type: "string" } } },
        content: { "application/json": { schema: { type: "array", items: ref(RevisionView) } } },
      },
      ...problems("malformed-request", "invalid-field", "not-found", "unavailable"),
    },
    {
      parameters: [
        { ...text("before", "query", "Only revisions below this one."), schema: { type: "integer", minimum: 1 } },
        {
          ...text("limit", "query", "Revisions in one page."),
          schema: { type: "integer", minimum: 1, maximum: PAGE_ENTRIES_MAX },
        },
      ],
    },
  );

export const restoreOperation = (suffix: string): object =>
  operation(
    `restoreRevision${suffix}`,
    "Make a revision current again, as a new revision; undeletes a deleted or expired key",
    {
      200: { ...json("The entry, with its new revision. A TTL has started anew.", EntryView), headers: ETAG_HEADER },
      ...problems("malformed-request", "invalid-field", "not-found", "stale", "already-exists", "unavailable"),
      ...problems("idempotency-key-reused", "invalid-field"),
    },
    {
      parameters: [
        text("If-Match", "header", "Only if the key has this ETag; `*`: only if it exists."),
        text("If-None-Match", "header", "`*`: only if the key does not exist."),
        text("Idempotency-Key", "header", "A repeat of a restore with the same key gets the first answer."),
        text("X-KV-Door", "header", "Which client this is, for the history: `terraform`, `cli`, `ui` or `flow`."),
      ],
    },
  );

const NUMBER = { schema: { type: "integer", minimum: 1 } };
export const REVISION_IN_PATH = { ...text("revision", "path", "1, 2, 3 …", true), ...NUMBER };
export const REVISION_IN_QUERY = { ...text("revision", "query", "1, 2, 3 …", true), ...NUMBER };
