import { z } from "zod";
import { ListedEntryView } from "../schema.ts";

export const EntryPageView = z
  .object({
    results: z.array(ListedEntryView),
    total: z
      .int()
      .nonnegative()
      .optional()
      .meta({ description: "Entries on all pages; a page behind a `cursor` has it with `total=true` only." }),
  })
  .meta({ id: "EntryPage" });
export type EntryPageView = z.infer<typeof EntryPageView>;
