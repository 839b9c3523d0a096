import { createHmac } from "node:crypto";

/** How a receiver knows that a message is ours: https://www.standardwebhooks.com, version 1.0.0. */

/** A secret as it is handed to whoever sets up a receiver. */
export const secretText = (secret: Uint8Array): string => `whsec_${Buffer.from(secret).toString("base64")}`;

/**
 * The `webhook-signature` header: a signature by each secret, so that a receiver that knows only the older one still
 * accepts. `seconds` since 1970 is the `webhook-timestamp`, by which a receiver refuses what somebody replays.
 */
export function signatures(secrets: readonly Uint8Array[], id: string, seconds: number, body: string): string {
  const signed = `${id}.${seconds}.${body}`;
  return secrets.map((secret) => `v1,${createHmac("sha256", secret).update(signed).digest("base64")}`).join(" ");
}

/** What a secret is derived from, beside the store's own key: so none is kept anywhere. */
export const secretPurpose = (webhook: string, version: number): string => `webhook/${webhook}/${version}`;
