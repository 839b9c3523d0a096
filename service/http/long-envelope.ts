import type { Context } from "hono";
import { ENVELOPE_BYTES_MAX } from "../../api/limits.ts";
import { Failure } from "../domain/fault.ts";
import { bodyFlow, bodySize, envelopeBytes } from "./body.ts";
import { checkMembers, type Envelope, envelopeOf, parseEnvelope } from "./envelope.ts";
import { ByteSource } from "./transfer/byte-source.ts";
import { isJsonSpace } from "./transfer/json-flow.ts";
import { type LongObject, membersBefore, piecesThroughEnd } from "./transfer/long-object.ts";

const BODY: LongObject = {
  name: "a body of this length",
  isSpace: isJsonSpace,
  isEnd: (byte) => byte === undefined,
  inLine: false,
};

/**
 * The envelope of a request. One that is announced as longer than what is read into memory flows: its value must be the
 * last of its members, and its type must be named, since the bytes come only once. Fails as `parseEnvelope` does.
 */
export async function readEnvelope(c: Context, whole: boolean): Promise<Envelope> {
  const announced = bodySize(c);
  if (announced === undefined || announced <= ENVELOPE_BYTES_MAX) return parseEnvelope(await envelopeBytes(c), whole);
  const source = new ByteSource(bodyFlow(c));
  const { members, flow } = await membersBefore(source, ["value"], BODY);
  checkMembers(members);
  const envelope = envelopeOf(members, whole);
  if (envelope.type === undefined)
    throw new Failure({ kind: "invalid", field: "type", reason: "A value of this length has its type before it." });
  return { ...envelope, value: piecesThroughEnd(flow, source, BODY) };
}
