import { WATCH_WAIT_SECONDS_MAX } from "../../api/limits.ts";
import { ChangesView } from "../../api/schema/watch.ts";
import { EVENT_STREAM } from "./event-stream.ts";
import { flag, operation, problems, ref, text } from "./openapi-parts.ts";

const PARAMETERS = [
  text("prefix", "query", "Only keys that begin so."),
  flag("children", "Whether the namespaces below are meant as well."),
  text(
    "after",
    "query",
    "The id to resume from: of an event, or `next` of a long poll. `now`, as without it, or `oldest`: with the oldest change that is kept.",
  ),
  text("Last-Event-ID", "header", "As `after`, and before it: what an `EventSource` sends when it resumes."),
  text(
    "wait",
    "query",
    `A long poll instead of a stream: at most so many seconds, to ${WATCH_WAIT_SECONDS_MAX}, or a duration such as PT30S.`,
  ),
];

const watchOperation = (operationId: string, summary: string, parameters: readonly object[]): object =>
  operation(
    operationId,
    summary,
    {
      200: {
        description:
          "Events `put`, `delete` and `expire`, each with a Change as data and its id, in the order of the log: a key's revisions come one after another, none is left out and none comes twice. An id without data only moves the cursor. `end`, with a `reason`, is the last event: resume from the last id. With `wait`: the changes that are there at once, else the first that come, or none when the time is over.",
        content: {
          [EVENT_STREAM]: { schema: { type: "string" } },
          "application/json": { schema: ref(ChangesView) },
        },
      },
      ...problems("malformed-request", "invalid-field", "changes-gone", "unavailable"),
    },
    { parameters: [...PARAMETERS, ...parameters] },
  );

/** To list and then miss nothing: ask with `wait=0` for `next`, list, and watch from there. */
export const watchNamespace = watchOperation("watchNamespace", "Watch the keys of a namespace", []);
export const watchTenant = watchOperation("watchTenant", "Watch the keys of all namespaces", [
  text("namespace", "query", "Only this namespace, and with `children` those below it."),
]);
