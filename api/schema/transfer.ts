import { z } from "zod";
import { IMPORT_DETAILS_MAX, KEY_LENGTH_MAX, LABEL_NAME_LENGTH_MAX, LABEL_VALUE_LENGTH_MAX } from "../limits.ts";
import { PROBLEMS, type ProblemName, problemTypeOf } from "../problem.ts";

const count = (description: string) => z.int().nonnegative().meta({ description });

export const ImportedView = z
  .object({
    line: z.int().positive().meta({ description: "Where the entry begins in the upload; the first line is 1." }),
    key: z.string().optional(),
    outcome: z.enum(["added", "changed", "same", "skipped", "expired", "conflict", "left", "failed"]).meta({
      description:
        "`expired`: its time was over. `conflict`: something else is there. `left`: not written, because the import ended at a conflict.",
    }),
    type: z
      .enum(Object.keys(PROBLEMS).map((name) => problemTypeOf(name as ProblemName)) as [string, ...string[]])
      .optional()
      .meta({ description: "With `failed`: which kind of problem it is." }),
    field: z.string().optional(),
    detail: z.string().optional().meta({ description: "The rule that was broken." }),
    remedy: z.string().optional(),
    current: z
      .object({
        revision: z.int(),
        etag: z.string(),
        updateDate: z.string(),
        updatedBy: z.string(),
        door: z.string(),
      })
      .optional()
      .meta({ description: "With `conflict`: what is there; left out when there is nothing any more." }),
  })
  .meta({ id: "ImportedEntry" });
export type ImportedView = z.infer<typeof ImportedView>;

const counts = {
  dryRun: z.boolean().meta({ description: "With true nothing was changed, and all of this is what would be." }),
  done: z.boolean().meta({ description: "Whether the upload was read to its end." }),
  added: count("Keys that were not there."),
  changed: count("Keys that were there with something else."),
  same: count("Entries that are there as they came."),
  skipped: count("Entries left out because something else is there, as `onConflict=skip` says."),
  expired: count("Entries whose time was over before they came."),
  conflicts: count("Entries that were not written because something else is there."),
  left: count("Entries that were not written because the import ended at a conflict."),
  failed: count("Entries that cannot be read or written."),
  history: count("Revisions that are no more current, which an import passes over."),
};

export const ImportView = z
  .object({
    ...counts,
    entries: z.array(ImportedView).meta({
      description: `The first ${IMPORT_DETAILS_MAX} that are not \`same\`, \`conflict\` or \`failed\`.`,
    }),
    refused: z.array(ImportedView).meta({ description: `The first ${IMPORT_DETAILS_MAX} conflicts and failures.` }),
  })
  .meta({ id: "Import", description: "What an import has done, or in a dry run would do." });
export type ImportView = z.infer<typeof ImportView>;

export const ImportProgressView = z
  .object({
    ...counts,
    problem: z.unknown().optional().meta({ description: "Only in the last line: what kept it from being complete." }),
  })
  .meta({ id: "ImportProgress", description: "A line of a streamed import, after each chunk and at the end." });
export type ImportProgressView = z.infer<typeof ImportProgressView>;

export const ExportedLine = z
  .object({
    namespace: z.string().optional(),
    key: z
      .string()
      .optional()
      .meta({ description: `1 to ${KEY_LENGTH_MAX} code points.` }),
    past: z.enum(["put", "patch", "delete", "expire"]).optional().meta({
      description: "Only on a revision that is no more current: how it came to be. Such lines are not imported.",
    }),
    type: z.string().optional(),
    ttl: z.string().nullable().optional(),
    expiresAt: z.string().nullable().optional().meta({ format: "date-time" }),
    description: z.string().nullable().optional(),
    labels: z
      .record(z.string().max(LABEL_NAME_LENGTH_MAX), z.string().max(LABEL_VALUE_LENGTH_MAX))
      .nullable()
      .optional(),
    secret: z.boolean().optional(),
    revision: z.int().positive().optional(),
    etag: z.string().optional(),
    ifMatch: z.string().optional().meta({ description: "In an import: the ETag that the key must have." }),
    creationDate: z.string().optional().meta({ format: "date-time" }),
    createdBy: z.string().optional(),
    updateDate: z.string().optional().meta({ format: "date-time" }),
    updatedBy: z.string().optional(),
    door: z.string().optional(),
    value: z.unknown().optional().meta({ description: "As it is stored, every digit and every byte." }),
    text: z.string().optional().meta({
      description: "The value's JSON text, where it has line breaks or spaces around: instead of `value`.",
    }),
    complete: z.literal(true).optional().meta({ description: "Only in the last line of an export." }),
    lines: z.int().nonnegative().optional().meta({ description: "In the last line: how many came before it." }),
  })
  .meta({
    id: "ExportedLine",
    description:
      "A line of an NDJSON: an entry, or the last one. In an import only key and value are needed; what is left out is kept.",
  });
