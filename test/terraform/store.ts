import { kvAt, rawValueOf } from "../support/kv.ts";

/**
 * What HTTP finds at a key, in short: `STRING "hello"`, with its TTL `NUMBER 1 for PT24H`, with its description
 * `NUMBER 1 (Why)`. The value stands there as its bytes are. Undefined when there is none.
 */
export async function foundAt(address: string, namespace: string, key: string): Promise<string | undefined> {
  const answer = await kvAt(address, namespace).get(key, "?peek=true");
  if (answer.status === 404 || answer.status === 410) return undefined;
  const text = await answer.text();
  const { type, ttl, description } = JSON.parse(text) as {
    type: string;
    ttl: string | null;
    description: string | null;
  };
  return `${type} ${rawValueOf(text)}${ttl ? ` for ${ttl}` : ""}${description ? ` (${description})` : ""}`;
}
