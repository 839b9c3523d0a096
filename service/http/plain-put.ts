import { NOTHING_SAID, put, type Said } from "../domain/writes.ts";
import { anonymous } from "./author.ts";
import { CONDITIONS } from "./conditions.ts";
import { plainWrittenAnswer } from "./entry-answer.ts";
import type { Head } from "./env.ts";
import { isEnvelope } from "./envelope.ts";
import { lacks, type PlainMethod } from "./plain-request.ts";

/** Longer values come in several pieces, and cost more than what is saved here. */
const PLAIN_BYTES_MAX = 16 * 1_024;

/** What else a head can say: conditions, a name to be known by again, and fields of the entry. */
const MORE = [...CONDITIONS, "idempotency-key", "ttl", "description"];

const NOTHING_ELSE: Said = { ...NOTHING_SAID, lifetime: { kind: "default" } };

/** A PUT of nothing but a small value, which came together with its head, as one packet mostly does. */
export const plainPut: PlainMethod = {
  takes: (head) => isSmall(head) && lacks(head, MORE) && !isEnvelope(head.headers["content-type"]),
  async answer({ at, request, incoming, outgoing, requestId }, stores) {
    await undefined; // The server first hands over what it has read.
    const size = Number(incoming.headers["content-length"]);
    if (incoming.readableLength !== size) return undefined;
    const bytes = incoming.read() as Uint8Array;
    incoming.resume(); // to its end, of which nothing but the server is told
    const asked = {
      at,
      only: { kind: "always" },
      said: NOTHING_ELSE,
      author: anonymous(outgoing, incoming.headers["x-kv-door"]),
    } as const;
    const reading = { type: undefined, unescapedQuotes: incoming.headers["content-type"] === undefined };
    const written = await put(stores, asked, { bytes, size, reading }, request.signal);
    return plainWrittenAnswer(written, stores, requestId);
  },
};

function isSmall({ headers }: Head): boolean {
  const announced = Number(headers["content-length"]);
  return announced > 0 && announced <= PLAIN_BYTES_MAX;
}
