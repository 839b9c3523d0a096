import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { freshNamespace } from "../support/kv.ts";
import { onEachSinglePair } from "./pairs.ts";

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly key?: string;
}

interface Answered {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A PUT whose value comes together with its head, as one that is answered past the router, or after it. */
async function answerTo(address: string, namespace: string, sent: Sent, value: "along" | "later"): Promise<Answered> {
  const { headers, body, key = "key" } = sent;
  const length = { "content-length": `${Buffer.byteLength(body)}` };
  const asked = request(`${address}/api/v1/main/namespaces/${namespace}/kv/${key}`, {
    method: "PUT",
    headers: { ...headers, ...length },
  });
  if (value === "later") {
    asked.flushHeaders();
    await sleep(20); // two packets, and time to read the first alone
  }
  asked.end(body);
  const [incoming] = await once(asked, "response");
  const pieces = await incoming.toArray();
  return { status: incoming.statusCode, headers: incoming.headers, body: Buffer.concat(pieces).toString() };
}

/** Without what no two answers have in common. */
function comparable({ status, headers, body }: Answered, namespace: string) {
  const { date, etag, "last-modified": modified, "content-length": length, ...others } = headers;
  const id = `${headers["x-request-id"]}`;
  const { digest, ...told } = JSON.parse(body.replaceAll(namespace, "NAMESPACE").replaceAll(id, "ID"));
  for (const name of ["etag", "uri", "creationDate", "updateDate", "expirationDate"])
    if (name in told) told[name] = typeof told[name];
  return { status, headers: { ...others, "x-request-id": id === "mine" ? id : "new" }, told };
}

const JSON_TYPE = { "content-type": "application/json" };
const CASES: readonly (Sent & { readonly what: string; readonly status: number })[] = [
  { what: "a text", status: 200, headers: JSON_TYPE, body: '"text"' },
  { what: "a number with spaces around it", status: 200, headers: JSON_TYPE, body: " 0.10\n" },
  { what: "a document", status: 200, headers: JSON_TYPE, body: '{"a": [1, null]}' },
  { what: "a bare day", status: 200, headers: { "content-type": "text/plain" }, body: "2021-09-01" },
  { what: "a duration", status: 200, headers: {}, body: '"PT90M"' },
  { what: "bare text of no type", status: 200, headers: {}, body: "ä text" },
  { what: "a text with bare quotes", status: 200, headers: {}, body: '"say "please""' },
  { what: "the same, called JSON", status: 422, headers: JSON_TYPE, body: '"say "please""' },
  { what: "what is no UTF-8", status: 422, headers: JSON_TYPE, body: Buffer.from([0x22, 0xff, 0x22]) },
  { what: "half a document", status: 422, headers: JSON_TYPE, body: '{"a":' },
  { what: "a text through another door", status: 200, headers: { ...JSON_TYPE, "x-kv-door": "cli" }, body: "1" },
  { what: "a request with its own id", status: 200, headers: { ...JSON_TYPE, "x-request-id": "mine" }, body: "1" },
  { what: "a key that is a word of the API", status: 200, headers: JSON_TYPE, body: "1", key: "history" },
  { what: "what must not be there yet", status: 200, headers: { ...JSON_TYPE, "if-none-match": "*" }, body: "1" },
  { what: "what must be there", status: 412, headers: { ...JSON_TYPE, "if-match": "*" }, body: "1" },
  { what: "a text that lives on", status: 200, headers: { ...JSON_TYPE, ttl: "PT1H", description: "d" }, body: "1" },
];

onEachSinglePair("a PUT past the router", ({ service }) => {
  it.each(CASES)("answers to $what as the router does", async ({ status, ...sent }) => {
    const [one, other] = [freshNamespace(), freshNamespace()];
    const { address } = service();
    const past = await answerTo(address, one, sent, "along");
    expect(comparable(past, one)).toEqual(comparable(await answerTo(address, other, sent, "later"), other));
    expect(past.status).toBe(status);
  });
});
