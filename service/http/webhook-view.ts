import type { DeliveryView, WebhookView } from "../../api/schema/webhooks.ts";
import type { Webhook } from "../domain/webhook.ts";
import type { Delivery } from "../domain/webhook-store.ts";

export const webhookView = (webhook: Webhook): WebhookView => ({
  id: webhook.id,
  url: webhook.url,
  namespace: webhook.namespace ?? null,
  prefix: webhook.prefix ?? null,
  events: [...webhook.events],
  description: webhook.description ?? null,
  enabled: webhook.enabled,
  disabledBecause: webhook.disabledBecause ?? null,
  pending: webhook.pending,
  dead: webhook.dead,
  deliveredAt: webhook.deliveredAt ?? null,
  failedAt: webhook.failedAt ?? null,
  failure: webhook.failure ?? null,
  missedAt: webhook.missedAt ?? null,
  previousSecretUntil: webhook.previousUntil ?? null,
  revision: webhook.revision,
  creationDate: webhook.createdAt,
  updateDate: webhook.updatedAt,
  createdBy: webhook.createdBy,
  updatedBy: webhook.updatedBy,
});

export const deliveryView = (webhook: string, delivery: Delivery): DeliveryView => ({
  id: delivery.change.id,
  messageId: `${webhook}.${delivery.change.id}`,
  type: `kv.${delivery.change.kind}`,
  namespace: delivery.change.namespace,
  key: delivery.change.key,
  revision: delivery.change.revision,
  at: delivery.change.at,
  attempts: delivery.attempts,
  nextAt: delivery.nextAt ?? null,
  deadSince: delivery.deadSince ?? null,
  failedAt: delivery.failedAt ?? null,
  failure: delivery.failure ?? null,
});
