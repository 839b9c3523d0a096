/** Said once for all answers, and not in each of their tables. */

interface Answer {
  readonly headers?: Readonly<Record<string, object>>;
}

/** What every answer has, whatever it is about. */
const REQUEST_ID = { "X-Request-Id": { $ref: "#/components/headers/RequestId" } };

export const headerComponents = {
  RequestId: {
    description: "The request's name in the service's log: the one that the caller sent, or a new one.",
    required: true,
    schema: { type: "string", minLength: 1 },
  },
};

/** The same paths; every answer of every operation says that it has an id. */
export function identified<Paths extends object>(paths: Paths): Paths {
  const each = (fields: object, change: (value: unknown) => unknown) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, change(value)]));
  const answer = (it: unknown) => ({ ...(it as Answer), headers: { ...(it as Answer).headers, ...REQUEST_ID } });
  const operation = (it: unknown) => {
    const { responses } = it as { responses?: object };
    return responses ? { ...(it as object), responses: each(responses, answer) } : it;
  };
  return each(paths, (path) => each(path as object, operation)) as Paths;
}
