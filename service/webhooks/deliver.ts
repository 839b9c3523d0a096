import { WEBHOOK_ANSWER_SECONDS_MAX } from "../../api/limits.ts";
import { retryAfterSeconds } from "../domain/webhook-retry.ts";
import { signatures } from "../domain/webhook-signature.ts";
import type { Due } from "../domain/webhook-store.ts";

/** What came of one attempt. `gone`: the receiver wants no message of this webhook any more (410). */
export type Outcome =
  | { readonly kind: "taken" }
  | { readonly kind: "refused"; readonly failure: string; readonly retryAfterSeconds?: number; readonly gone: boolean };

/** The same for every attempt, so that a receiver knows a message that it has had. */
export const messageId = ({ at, change }: Due): string => `${at.id}.${change.id}`;

/** What a receiver is told: who changed which key when, and never a value. */
export const messageBody = ({ change: { kind, at, ...change } }: Due): string =>
  JSON.stringify({ type: `kv.${kind}`, timestamp: at, data: { ...change, at } });

/** Sends one message, signed by each secret. Takes any 2xx for an answer; never fails. */
export async function deliver(due: Due, secrets: readonly Uint8Array[], signal: AbortSignal): Promise<Outcome> {
  const [id, body, seconds] = [messageId(due), messageBody(due), Math.floor(Date.now() / 1_000)];
  const inTime = AbortSignal.timeout(WEBHOOK_ANSWER_SECONDS_MAX * 1_000);
  try {
    const response = await fetch(due.url, {
      method: "POST",
      redirect: "manual",
      body,
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "namespace-kv",
        "webhook-id": id,
        "webhook-timestamp": `${seconds}`,
        "webhook-signature": signatures(secrets, id, seconds, body),
      },
      signal: AbortSignal.any([signal, inTime]),
    });
    await response.body?.cancel();
    if (response.ok) return { kind: "taken" };
    const asked = retryAfterSeconds(response.headers.get("retry-after"), Date.now());
    return {
      kind: "refused",
      failure: `The receiver answered ${response.status}.`,
      ...(asked !== undefined && { retryAfterSeconds: asked }),
      gone: response.status === 410,
    };
  } catch (error) {
    const failure = inTime.aborted ? `No answer within ${WEBHOOK_ANSWER_SECONDS_MAX} s.` : reasonOf(error);
    return { kind: "refused", failure, gone: false };
  }
}

/** The driver's own word for it, such as ECONNREFUSED: an address in its message would be told to whoever lists. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? `${cause.code}` : "";
  return code === "" ? "The receiver cannot be reached." : `The receiver cannot be reached: ${code}.`;
}
