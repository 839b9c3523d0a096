import { DELIVERIES_PAGE_MAX } from "../../api/limits.ts";
import {
  DeliveryView,
  RetriedView,
  RetryBody,
  WebhookBody,
  WebhookPatch,
  WebhookView,
  WebhookWithSecretView,
} from "../../api/schema/webhooks.ts";
import { json, listOf, operation, problems, ref, SCOPE, text } from "./openapi-parts.ts";

const TENANT = SCOPE.slice(0, 1);
const ONE = [...TENANT, text("id", "path", "The webhook's id.", true)];
const ALWAYS = ["malformed-request", "invalid-field", "unavailable"] as const;
const WRITING = [...ALWAYS, "too-large", "upload-incomplete"] as const;
const body = (schema: object) => ({ required: true, content: { "application/json": { schema } } });
const number = (name: string, description: string, maximum?: number) => ({
  ...text(name, "query", description),
  schema: { type: "integer", minimum: maximum === undefined ? 0 : 1, ...(maximum !== undefined && { maximum }) },
});

const listing = operation("listWebhooks", "Webhooks, in the order in which they were made", {
  200: listOf("All of the tenant's.", ref(WebhookView)),
  ...problems(...ALWAYS),
});

const creating = operation(
  "createWebhook",
  "Tell an address of every change from now on",
  {
    201: json("The webhook, and its secret this once.", WebhookWithSecretView),
    ...problems(...WRITING, "idempotency-key-reused"),
  },
  {
    description:
      "Each change is one POST, signed with HMAC-SHA-256 as https://www.standardwebhooks.com says, and holds no value. " +
      "It is taken by any answer of 2xx, else tried again at growing intervals; 410 disables the webhook.",
    parameters: [text("Idempotency-Key", "header", "A repeat finds the webhook that the first request made.")],
    requestBody: body(ref(WebhookBody)),
  },
);

export const webhookPaths = {
  "/api/v1/{tenant}/webhooks": { parameters: TENANT, get: listing, post: creating },
  "/api/v1/{tenant}/webhooks/{id}": {
    parameters: ONE,
    get: operation("getWebhook", "Read a webhook", {
      200: json("The webhook.", WebhookView),
      ...problems(...ALWAYS, "not-found"),
    }),
    patch: operation(
      "patchWebhook",
      "Change a webhook",
      { 200: json("The webhook.", WebhookView), ...problems(...WRITING, "not-found") },
      { requestBody: body(ref(WebhookPatch)) },
    ),
    delete: operation("deleteWebhook", "Delete a webhook, with what it has not taken", {
      200: { description: "Whether there was one.", content: { "application/json": { schema: { type: "boolean" } } } },
      ...problems(...ALWAYS),
    }),
  },
  "/api/v1/{tenant}/webhooks/{id}/secret:rotate": {
    parameters: ONE,
    post: operation("rotateWebhookSecret", "Give a webhook a new secret; the one before signs as well for a day", {
      200: json("The webhook, and its new secret this once.", WebhookWithSecretView),
      ...problems(...ALWAYS, "not-found"),
    }),
  },
  "/api/v1/{tenant}/webhooks/{id}/deliveries": {
    parameters: ONE,
    get: operation(
      "listWebhookDeliveries",
      "Changes that a webhook has not taken: dead letters, or those that wait",
      { 200: listOf("In the order of the change log.", ref(DeliveryView)), ...problems(...ALWAYS, "not-found") },
      {
        parameters: [
          {
            ...text("state", "query", "`dead` unless said otherwise."),
            schema: { type: "string", enum: ["dead", "pending"] },
          },
          number("limit", "Deliveries in one page.", DELIVERIES_PAGE_MAX),
          number("after", "The id of the last delivery of the page before."),
        ],
      },
    ),
  },
  "/api/v1/{tenant}/webhooks/{id}/deliveries:retry": {
    parameters: ONE,
    post: operation(
      "retryWebhookDeliveries",
      "Try dead letters again",
      { 200: json("How many.", RetriedView), ...problems(...WRITING, "not-found") },
      { requestBody: { content: { "application/json": { schema: ref(RetryBody) } } } },
    ),
  },
};
