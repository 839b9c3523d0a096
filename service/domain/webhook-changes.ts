import { v5 as uuidv5, v7 as uuidv7 } from "uuid";
import { WEBHOOK_SECRET_OVERLAP_HOURS, WEBHOOKS_MAX } from "../../api/limits.ts";
import type { Digester } from "./digest.ts";
import { Failure } from "./fault.ts";
import type { Tenant } from "./namespace.ts";
import type { Webhook, WebhookSettings } from "./webhook.ts";
import { secretPurpose, secretText } from "./webhook-signature.ts";
import type { WebhookPlace, Webhooks } from "./webhook-store.ts";
import type { Author } from "./writes.ts";

/** A webhook and the secret that it was just given: shown this once. */
export interface WithSecret {
  readonly webhook: Webhook;
  readonly secret: string;
}

/** Any constant does; it keeps these ids apart from others that are made of names. */
const IDS = "8a6c1d0e-5f0b-4b53-9d0e-3f5a6c7b8d9e";

const withSecret = (digester: Digester, webhook: Webhook): WithSecret => ({
  webhook,
  secret: secretText(digester.derive(secretPurpose(webhook.id, webhook.secretVersion))),
});

export const noWebhook = (id: string) => new Failure({ kind: "not_found", reason: `No webhook '${id}'` });

/**
 * Makes a webhook that is told of all changes from now on. A repeat with the same idempotency key finds the first.
 * Fails with `invalid` when the tenant has as many as it may.
 */
export async function createWebhook(
  { webhooks, digester }: { readonly webhooks: Webhooks; readonly digester: Digester },
  tenant: Tenant,
  settings: WebhookSettings,
  { by, idempotencyKey }: Author,
): Promise<WithSecret> {
  const id = idempotencyKey === undefined ? uuidv7() : uuidv5(`${tenant}/${idempotencyKey}`, IDS);
  const present = await webhooks.list(tenant);
  const first = present.find((webhook) => webhook.id === id);
  if (!first && present.length >= WEBHOOKS_MAX)
    throw new Failure({
      kind: "invalid",
      field: "url",
      reason: `A tenant has at most ${WEBHOOKS_MAX} webhooks; delete one first.`,
    });
  const webhook = first ?? (await webhooks.create({ tenant, id }, settings, by));
  if (webhook.url !== settings.url) throw new Failure({ kind: "idempotency_key_reused" });
  return withSecret(digester, webhook);
}

/** How often a change that builds on the present settings may lose to other writers before it gives up. */
const OVERTAKEN_MAX = 10;

/** Changes what `change` changes and keeps the rest. Fails with `not_found`. */
export async function changeWebhook(
  webhooks: Webhooks,
  at: WebhookPlace,
  change: (settings: WebhookSettings) => WebhookSettings,
  by: string,
): Promise<Webhook> {
  for (let tries = 1; tries <= OVERTAKEN_MAX; tries++) {
    const present = await webhooks.find(at);
    if (!present) throw noWebhook(at.id);
    const changed = await webhooks.change(at, present.revision, change(present), by);
    if (changed) return changed;
  }
  throw new Failure({ kind: "unavailable", reason: "Others change the webhook all the time." });
}

/** Gives a webhook a new secret; the one before goes on signing for a while. Fails with `not_found`. */
export async function rotateSecret(
  { webhooks, digester }: { readonly webhooks: Webhooks; readonly digester: Digester },
  at: WebhookPlace,
  by: string,
): Promise<WithSecret> {
  const webhook = await webhooks.rotate(at, WEBHOOK_SECRET_OVERLAP_HOURS * 3_600_000, by);
  if (!webhook) throw noWebhook(at.id);
  return withSecret(digester, webhook);
}
