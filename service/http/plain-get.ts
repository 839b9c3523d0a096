import { missing } from "../domain/writes.ts";
import { CONDITIONS } from "./conditions.ts";
import { keptAnswer } from "./entry-answer.ts";
import { lacks, type PlainMethod } from "./plain-request.ts";

/** A GET without a condition, of a key whose bytes are in memory. */
export const plainGet: PlainMethod = {
  takes: (head) => lacks(head, CONDITIONS),
  answer: ({ at, requestId }, stores) =>
    stores.metadata.find(at).then((found) => {
      if (found === undefined || found.state === "gone") throw missing(at);
      const bytes = found.state === "live" ? stores.objects.kept?.(found.entry.slice) : undefined;
      // Else the router's handler fetches them, or removes what has expired.
      return bytes && keptAnswer(found.entry, bytes, stores, requestId);
    }),
};
