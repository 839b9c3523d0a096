import { z } from "zod";
import { NAMESPACE_LENGTH_MAX, WATCH_PAGE_CHANGES_MAX } from "../limits.ts";

export const ChangeView = z
  .object({
    id: z.string().meta({ description: "Its place in the log: a cursor to resume from.", example: "1234" }),
    kind: z.enum(["put", "delete", "expire"]),
    namespace: z.string().max(NAMESPACE_LENGTH_MAX).meta({ example: "company.team" }),
    key: z.string().meta({ example: "flags/dark-mode" }),
    revision: z.int().positive().meta({ description: "1, 2, 3 … with every change of the key, in this order." }),
    etag: z.string().meta({ description: "The revision's own tag." }),
    at: z.string().meta({ format: "date-time", description: "UTC, six digits of fraction." }),
    by: z.string().meta({ example: "anonymous" }),
    door: z.string().meta({ description: "Through which door the change came.", example: "terraform" }),
  })
  .meta({ id: "Change", description: "That a key changed. Its value is read with the key." });
export type ChangeView = z.infer<typeof ChangeView>;

export const ChangesView = z
  .object({
    changes: z.array(ChangeView).max(WATCH_PAGE_CHANGES_MAX),
    next: z.string().meta({ description: "The cursor for the next request: `after=`.", example: "1234" }),
  })
  .meta({ id: "Changes", description: "The answer to a long poll." });
export type ChangesView = z.infer<typeof ChangesView>;
