import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import type { Tenant } from "../domain/namespace.ts";
import { NEW_WEBHOOK, type WebhookSettings } from "../domain/webhook.ts";
import type { Due, Follower, WebhookPlace } from "../domain/webhook-store.ts";
import { freshPlace, look, put, type SuiteStore, written } from "./suite-store.ts";
import { createWebhookQueue } from "./webhook-queue.ts";
import { createWebhooks } from "./webhooks.ts";

const HOLD_MS = 60_000;
const ALL = 1_000;

/** What webhooks and their dispatchers may rely on. */
export function describeWebhooks(name: string, store: () => SuiteStore): void {
  describe(`${name}: webhooks`, () => {
    it("what was said comes back, and a change needs the revision that it builds on", () => keepsSettings(store()));
    it("a repeat of its creation finds the first", () => createsOnce(store()));
    it("of two dispatchers that hand over the same changes one does", () => handsOverOnce(store()));
    it("what one dispatcher took, no other takes until it is free again", () => takesOnce(store()));
    it("a failure is tried again, then a dead letter, then tried again by request", () => givesUp(store()));
    it("a disabled webhook is left alone", () => leavesDisabled(store()));
    it("its removal takes what it has not taken along", () => removes(store()));
    it("old dead letters are forgotten", () => forgets(store()));
    it("who has much waiting is handed no more", () => waits(store()));
  });
}

const at = (): WebhookPlace => ({ tenant: "main" as Tenant, id: uuidv7() });
const settings: WebhookSettings = { ...NEW_WEBHOOK, url: "http://127.0.0.1:1/hook" };

const rooms = ({ database }: SuiteStore) => ({
  webhooks: createWebhooks(database),
  queue: createWebhookQueue(database),
});

/** A webhook with one change queued for it. */
async function withDelivery(store: SuiteStore) {
  const { webhooks, queue } = rooms(store);
  const place = at();
  await webhooks.create(place, settings, "tester");
  const follower = await followerOf(store, place);
  const entry = await written(store, put(freshPlace()));
  const change = {
    ...{ tenant: entry.tenant, namespace: entry.namespace, key: entry.key },
    ...{ id: follower.cursor + 1, kind: "put" as const, revision: 1, etag: entry.etag, by: "tester" },
    ...{ door: "http" as const, at: entry.updatedAt },
  };
  await queue.handOver(follower, [change], change.id);
  return { webhooks, queue, place, follower, change };
}

async function followerOf(store: SuiteStore, place: WebhookPlace): Promise<Follower> {
  const found = (await rooms(store).queue.followers(ALL)).find(({ at: { id } }) => id === place.id);
  if (!found) throw new Error("The webhook follows nothing.");
  return found;
}

async function taken(store: SuiteStore, place: WebhookPlace): Promise<readonly Due[]> {
  return (await rooms(store).queue.take(ALL, HOLD_MS, [])).filter(({ at: { id } }) => id === place.id);
}

async function keepsSettings(store: SuiteStore): Promise<void> {
  const { webhooks } = rooms(store);
  const place = at();
  const said: WebhookSettings = {
    ...settings,
    prefix: "a/%_",
    events: ["delete"],
    description: "é '\"",
    enabled: false,
  };
  const made = await webhooks.create(place, said, "tester");
  expect(made).toMatchObject({ ...place, ...said, revision: 1, pending: 0, dead: 0, createdBy: "tester" });
  expect(await webhooks.find(place)).toEqual(made);
  expect(await webhooks.list(place.tenant)).toContainEqual(made);
  expect(await webhooks.change(place, 1, settings, "other")).toMatchObject({
    ...settings,
    revision: 2,
    updatedBy: "other",
  });
  expect(await webhooks.change(place, 1, said, "late")).toBeUndefined();
  expect(await webhooks.find({ ...place, id: "no uuid at all" })).toBeUndefined();
  expect(await webhooks.find({ ...place, tenant: "another" as Tenant })).toBeUndefined();
  expect(await webhooks.rotate(place, HOLD_MS, "tester")).toMatchObject({ secretVersion: 2 });
}

async function createsOnce(store: SuiteStore): Promise<void> {
  const { webhooks } = rooms(store);
  const place = at();
  const both = [0, 1].map(() => webhooks.create(place, settings, "tester"));
  const [one, other] = await Promise.all(both);
  expect(one).toEqual(other);
}

async function handsOverOnce(store: SuiteStore): Promise<void> {
  const { queue, webhooks, place, follower, change } = await withDelivery(store);
  await queue.handOver(follower, [change], change.id);
  expect(await webhooks.find(place)).toMatchObject({ pending: 1 });
  expect((await followerOf(store, place)).cursor).toBe(change.id);
}

async function takesOnce(store: SuiteStore): Promise<void> {
  const { queue, place, change } = await withDelivery(store);
  const [mine] = await taken(store, place);
  expect(mine).toMatchObject({ url: settings.url, secretVersion: 1, previousSigns: false, attempts: 0, change });
  expect(await taken(store, place)).toEqual([]);
  await look(store, `UPDATE webhook_deliveries SET next_at = now() - interval '1 s' WHERE webhook = '${place.id}'`);
  expect((await queue.take(ALL, HOLD_MS, [place.id])).filter(({ at: { id } }) => id === place.id)).toEqual([]);
  const [again] = await taken(store, place);
  expect(again).toEqual(mine);
  if (again) await queue.delivered(again);
  expect(await rooms(store).webhooks.find(place)).toMatchObject({ pending: 0, dead: 0 });
}

async function givesUp(store: SuiteStore): Promise<void> {
  const { queue, webhooks, place, change } = await withDelivery(store);
  const [due] = await taken(store, place);
  if (!due) throw new Error("Nothing is due.");
  const list = (dead: boolean) => webhooks.deliveries({ ...place, dead, after: 0, limit: ALL });
  await queue.failed({ due, failure: "The receiver answered 500.", retryMs: 0, disable: false });
  expect(await list(false)).toMatchObject([{ attempts: 1, failure: "The receiver answered 500." }]);
  const [second] = await taken(store, place);
  expect(second?.attempts).toBe(1);
  await queue.failed({ due, failure: "No answer.", retryMs: undefined, disable: false });
  expect(await taken(store, place)).toEqual([]);
  expect(await list(false)).toEqual([]);
  expect(await list(true)).toMatchObject([{ attempts: 2, change, nextAt: undefined }]);
  expect(await webhooks.find(place)).toMatchObject({ pending: 0, dead: 1, failure: "No answer.", enabled: true });
  expect(await webhooks.retry(place, [change.id + 1])).toBe(0);
  expect(await webhooks.retry(place, undefined)).toBe(1);
  expect(await taken(store, place)).toMatchObject([{ attempts: 0 }]);
}

async function leavesDisabled(store: SuiteStore): Promise<void> {
  const { queue, webhooks, place } = await withDelivery(store);
  const [due] = await taken(store, place);
  if (due) await queue.failed({ due, failure: "The receiver answered 410.", retryMs: 0, disable: true });
  expect(await webhooks.find(place)).toMatchObject({ enabled: false, disabledBecause: "The receiver answered 410." });
  expect(await taken(store, place)).toEqual([]);
  await expect(followerOf(store, place)).rejects.toThrow("follows nothing");
  const { revision = 0 } = (await webhooks.find(place)) ?? {};
  expect(await webhooks.change(place, revision, settings, "tester")).toMatchObject({ disabledBecause: undefined });
  expect(await taken(store, place)).toHaveLength(1);
}

async function removes(store: SuiteStore): Promise<void> {
  const { webhooks, place } = await withDelivery(store);
  expect(await webhooks.remove(place)).toBe(true);
  expect(await webhooks.remove(place)).toBe(false);
  expect(await taken(store, place)).toEqual([]);
}

async function forgets(store: SuiteStore): Promise<void> {
  const { queue, webhooks, place } = await withDelivery(store);
  const [due] = await taken(store, place);
  if (due) await queue.failed({ due, failure: "No answer.", retryMs: undefined, disable: false });
  await queue.forget(3_600_000);
  expect(await webhooks.find(place)).toMatchObject({ dead: 1 });
  await look(
    store,
    `UPDATE webhook_deliveries SET dead_since = now() - interval '1 day' WHERE webhook = '${place.id}'`,
  );
  await queue.forget(3_600_000);
  expect(await webhooks.find(place)).toMatchObject({ dead: 0 });
}

async function waits(store: SuiteStore): Promise<void> {
  const { queue, place } = await withDelivery(store);
  expect((await queue.followers(1)).map((follower) => follower.at.id)).not.toContain(place.id);
  expect((await queue.followers(2)).map((follower) => follower.at.id)).toContain(place.id);
}
