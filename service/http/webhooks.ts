import type { Context, Hono } from "hono";
import { DELIVERIES_PAGE_MAX, WEBHOOK_BYTES_MAX } from "../../api/limits.ts";
import { RetryBody, type WebhookWithSecretView } from "../../api/schema/webhooks.ts";
import type { Digester } from "../domain/digest.ts";
import { Failure } from "../domain/fault.ts";
import { unstorable } from "../domain/text.ts";
import { NEW_WEBHOOK } from "../domain/webhook.ts";
import { changeWebhook, createWebhook, noWebhook, rotateSecret, type WithSecret } from "../domain/webhook-changes.ts";
import type { WebhookPlace, Webhooks } from "../domain/webhook-store.ts";
import { authorOf } from "./author.ts";
import { envelopeBytes, jsonOrNothing } from "./body.ts";
import { refuseConditions } from "./conditions.ts";
import type { Env } from "./env.ts";
import { tenantOf } from "./place.ts";
import { webhookFields } from "./webhook-body.ts";
import { deliveryView, webhookView } from "./webhook-view.ts";

export interface WebhookRooms {
  readonly webhooks: Webhooks;
  readonly digester: Digester;
}

/** The routes of webhooks. Their deliveries are the dispatcher's work, not a request's. */
export function webhookRoutes(app: Hono<Env>, rooms: WebhookRooms): void {
  const { webhooks } = rooms;
  app.get("/webhooks", async (c) => Response.json((await webhooks.list(tenantOf(c))).map(webhookView)));
  app.post("/webhooks", (c) => create(c, rooms));
  app.get("/webhooks/:id", async (c) => Response.json(webhookView(await present(c, webhooks))));
  app.patch("/webhooks/:id", (c) => patch(c, webhooks));
  app.delete("/webhooks/:id", (c) => remove(c, webhooks));
  app.post("/webhooks/:id/secret:rotate", (c) => rotate(c, rooms));
  app.get("/webhooks/:id/deliveries", (c) => deliveries(c, webhooks));
  app.post("/webhooks/:id/deliveries:retry", (c) => retry(c, webhooks));
}

const refuseAll = (c: Context): void => refuseConditions(c, "A webhook has no ETag: send the request without it.");

function placeOf(c: Context): WebhookPlace {
  const [tenant, id] = [tenantOf(c), c.req.param("id") ?? ""];
  if (unstorable(id)) throw noWebhook(id); // no id is like that, and the database could not even be asked
  return { tenant, id };
}

const secretView = ({ webhook, secret }: WithSecret): WebhookWithSecretView => ({ ...webhookView(webhook), secret });

async function present(c: Context, webhooks: Webhooks) {
  const at = placeOf(c);
  const webhook = await webhooks.find(at);
  if (!webhook) throw noWebhook(at.id);
  return webhook;
}

async function create(c: Context, rooms: WebhookRooms): Promise<Response> {
  refuseAll(c);
  const [tenant, author] = [tenantOf(c), authorOf(c)];
  const { url, ...said } = webhookFields(await envelopeBytes(c, WEBHOOK_BYTES_MAX));
  if (url === undefined)
    throw new Failure({
      kind: "invalid",
      field: "url",
      reason: "A webhook needs the address that is told of changes.",
    });
  const made = await createWebhook(rooms, tenant, { ...NEW_WEBHOOK, ...said, url }, author);
  return Response.json(secretView(made), { status: 201 });
}

async function patch(c: Context, webhooks: Webhooks): Promise<Response> {
  refuseAll(c);
  const [at, author] = [placeOf(c), authorOf(c)];
  const said = webhookFields(await envelopeBytes(c, WEBHOOK_BYTES_MAX));
  const changed = await changeWebhook(webhooks, at, (settings) => ({ ...settings, ...said }), author.by);
  return Response.json(webhookView(changed));
}

async function rotate(c: Context, rooms: WebhookRooms): Promise<Response> {
  refuseAll(c);
  return Response.json(secretView(await rotateSecret(rooms, placeOf(c), authorOf(c).by)));
}

/** `true` or `false` with 200, as for a key. */
async function remove(c: Context, webhooks: Webhooks): Promise<Response> {
  refuseAll(c);
  return Response.json(await webhooks.remove(placeOf(c)));
}

async function deliveries(c: Context, webhooks: Webhooks): Promise<Response> {
  const { tenant, id } = await present(c, webhooks);
  const [state, limit, after] = [c.req.query("state") ?? "dead", c.req.query("limit"), c.req.query("after") ?? "0"];
  if (state !== "dead" && state !== "pending") throw malformed("state", "It is dead or pending.");
  if (limit !== undefined && !(/^\d{1,6}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= DELIVERIES_PAGE_MAX))
    throw malformed("limit", `It is a whole number from 1 to ${DELIVERIES_PAGE_MAX}.`);
  if (!/^\d{1,15}$/.test(after)) throw malformed("after", "It is the id of a delivery, to list those after it.");
  const query = {
    tenant,
    id,
    dead: state === "dead",
    after: Number(after),
    limit: Number(limit ?? DELIVERIES_PAGE_MAX),
  };
  return Response.json((await webhooks.deliveries(query)).map((delivery) => deliveryView(id, delivery)));
}

async function retry(c: Context, webhooks: Webhooks): Promise<Response> {
  refuseAll(c);
  const { tenant, id } = await present(c, webhooks);
  const parsed = RetryBody.safeParse(jsonOrNothing(await envelopeBytes(c, WEBHOOK_BYTES_MAX)));
  if (!parsed.success)
    throw malformed("body", `It is {} for all or {"ids": […]} with at most ${DELIVERIES_PAGE_MAX} ids of deliveries.`);
  return Response.json({ retried: await webhooks.retry({ tenant, id }, parsed.data.ids) });
}

const malformed = (field: string, reason: string) => new Failure({ kind: "malformed", field, reason });
