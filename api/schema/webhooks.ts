import { z } from "zod";
import {
  DELIVERIES_PAGE_MAX,
  DESCRIPTION_LENGTH_MAX,
  NAMESPACE_LENGTH_MAX,
  WEBHOOK_URL_LENGTH_MAX,
} from "../limits.ts";
import { Instant } from "../schema.ts";

const Event = z.enum(["put", "delete", "expire"]);
const url = z.string().max(WEBHOOK_URL_LENGTH_MAX).meta({
  format: "uri",
  description: "http or https, without a name and password.",
  example: "https://example.com/kv",
});

const settings = {
  namespace: z
    .string()
    .max(NAMESPACE_LENGTH_MAX)
    .nullable()
    .meta({ description: "Only changes in this namespace; null: in every one." }),
  prefix: z.string().nullable().meta({ description: "Only keys that begin with it." }),
  events: z.array(Event).min(1),
  description: z.string().max(DESCRIPTION_LENGTH_MAX).nullable(),
  enabled: z.boolean().meta({ description: "While false, changes wait for it as long as the change log keeps them." }),
};

const body = z.object(settings).partial().extend({ url: url.optional() });
export const WebhookBody = body
  .required({ url: true })
  .strict()
  .meta({ id: "WebhookBody", description: "What is left out: every namespace and key, every event, enabled." });
export const WebhookPatch = body
  .strict()
  .meta({ id: "WebhookPatch", description: "Changes what it names; null removes a filter or the description." });

const webhookFields = {
  id: z.uuid(),
  url: z.string(),
  ...settings,
  disabledBecause: z.string().nullable().meta({ description: "Why the service itself disabled it." }),
  pending: z.int().nonnegative().meta({ description: "Changes that it has yet to take." }),
  dead: z.int().nonnegative().meta({ description: "Changes that were given up after the last attempt." }),
  deliveredAt: Instant.nullable().meta({ description: "When it last took one." }),
  failedAt: Instant.nullable(),
  failure: z
    .string()
    .nullable()
    .meta({ description: "What the last failed attempt met.", example: "The receiver answered 500." }),
  missedAt: Instant.nullable().meta({
    description: "When changes were lost to it, because it was behind for longer than the change log reaches back.",
  }),
  previousSecretUntil: Instant.nullable().meta({ description: "Until when the secret before signs as well." }),
  revision: z.int().positive(),
  creationDate: Instant,
  updateDate: Instant,
  createdBy: z.string(),
  updatedBy: z.string(),
};

export const WebhookView = z.object(webhookFields).meta({ id: "Webhook" });
export type WebhookView = z.infer<typeof WebhookView>;

export const WebhookWithSecretView = z
  .object({
    ...webhookFields,
    secret: z.string().meta({
      description: "Signs every message (https://www.standardwebhooks.com). Shown this once.",
      example: "whsec_…",
    }),
  })
  .meta({ id: "WebhookWithSecret" });
export type WebhookWithSecretView = z.infer<typeof WebhookWithSecretView>;

export const DeliveryView = z
  .object({
    id: z.int().positive().meta({ description: "The change's id in the log." }),
    messageId: z.string().meta({ description: "What the receiver sees as `webhook-id`, the same in every attempt." }),
    type: z.enum(["kv.put", "kv.delete", "kv.expire"]),
    namespace: z.string(),
    key: z.string(),
    revision: z.int().positive(),
    at: Instant,
    attempts: z.int().nonnegative(),
    nextAt: Instant.nullable().meta({ description: "When it is tried again; null for a dead letter." }),
    deadSince: Instant.nullable(),
    failedAt: Instant.nullable(),
    failure: z.string().nullable(),
  })
  .meta({ id: "WebhookDelivery", description: "A change that a webhook has not taken." });
export type DeliveryView = z.infer<typeof DeliveryView>;

export const RetryBody = z
  .strictObject({
    ids: z
      .array(z.int().positive())
      .max(DELIVERIES_PAGE_MAX)
      .optional()
      .meta({ description: "Left out: all of them." }),
  })
  .meta({ id: "WebhookRetry" });

export const RetriedView = z.object({ retried: z.int().nonnegative() }).meta({ id: "WebhookRetried" });
