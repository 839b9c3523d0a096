import { kvAt, rawValueOf } from "../support/kv.ts";

/**
 * What HTTP finds at a key, in short: `STRING "hello"`, with its TTL `NUMBER 1 for PT24H`, with an end of its own
 * `NUMBER 1 until 2035-01-31T12:00:00.000000Z`, with its description `NUMBER 1 (Why)`, its labels
 * `NUMBER 1 {"team":"data"}`, and as a secret `NUMBER 1 secret`. The value stands there as its bytes are. Undefined when
 * there is none.
 */
export async function foundAt(address: string, namespace: string, key: string): Promise<string | undefined> {
  const answer = await kvAt(address, namespace).get(key, "?peek=true");
  if (answer.status === 404 || answer.status === 410) return undefined;
  const text = await answer.text();
  const { type, ttl, expirationDate, description, labels, secret } = JSON.parse(text) as {
    type: string;
    ttl: string | null;
    expirationDate: string | null;
    description: string | null;
    labels: Record<string, string>;
    secret: boolean;
  };
  const said = [
    ttl ? `for ${ttl}` : expirationDate ? `until ${expirationDate}` : "",
    description ? `(${description})` : "",
    Object.keys(labels).length > 0 ? JSON.stringify(labels) : "",
    secret ? "secret" : "",
  ];
  return [type, rawValueOf(text), ...said].filter((part) => part !== "").join(" ");
}
