import type { Change, ChangeScope } from "./change.ts";
import type { Instant } from "./entry.ts";
import type { Tenant } from "./namespace.ts";
import type { Event, Webhook, WebhookSettings } from "./webhook.ts";

/** Which webhook. The id is what a caller sent: it need not be one. */
export interface WebhookPlace {
  readonly tenant: Tenant;
  readonly id: string;
}

/** A change that a webhook has yet to take. */
export interface Delivery {
  readonly change: Change;
  readonly attempts: number;
  /** When it is tried again; undefined when it was given up. */
  readonly nextAt: Instant | undefined;
  readonly deadSince: Instant | undefined;
  readonly failedAt: Instant | undefined;
  readonly failure: string | undefined;
}

export interface DeliveryQuery extends WebhookPlace {
  readonly dead: boolean;
  /** Only changes with greater ids. */
  readonly after: number;
  readonly limit: number;
}

/** Webhooks and what they have not taken. Every call fails with `unavailable` when the database does not answer. */
export interface Webhooks {
  /** Makes it, from the changes after now on. One that has this id already is answered as it is. */
  create(at: WebhookPlace, settings: WebhookSettings, by: string): Promise<Webhook>;
  find(at: WebhookPlace): Promise<Webhook | undefined>;
  /** In the order in which they were made. */
  list(tenant: Tenant): Promise<readonly Webhook[]>;
  /** Undefined when it is gone or no longer at `revision`. */
  change(at: WebhookPlace, revision: number, settings: WebhookSettings, by: string): Promise<Webhook | undefined>;
  /** Gives it a new secret; for `overlapMs` the one before signs as well. Undefined when it is gone. */
  rotate(at: WebhookPlace, overlapMs: number, by: string): Promise<Webhook | undefined>;
  /** With all that it has not taken. False when it was not there. */
  remove(at: WebhookPlace): Promise<boolean>;
  deliveries(query: DeliveryQuery): Promise<readonly Delivery[]>;
  /** Tries those that were given up again, all or the changes named, and answers how many. */
  retry(at: WebhookPlace, changes: readonly number[] | undefined): Promise<number>;
}

/** An enabled webhook and how far its changes have been handed over. */
export interface Follower {
  readonly at: WebhookPlace;
  readonly scope: ChangeScope;
  readonly events: readonly Event[];
  readonly cursor: number;
}

/** A delivery that this process is to try now. */
export interface Due {
  readonly at: WebhookPlace;
  readonly url: string;
  readonly secretVersion: number;
  readonly previousSigns: boolean;
  readonly change: Change;
  /** Attempts before this one. */
  readonly attempts: number;
}

/** How an attempt failed, and when the next is; with `retryMs` undefined it is given up. */
export interface Attempt {
  readonly due: Due;
  readonly failure: string;
  readonly retryMs: number | undefined;
  /** Whether the receiver wants no more of anything. */
  readonly disable: boolean;
}

/** Of all webhooks, each number up to 100,000. */
export interface Backlog {
  readonly pending: number;
  readonly dead: number;
}

/**
 * The work of the dispatchers, of which each replica has one: what one takes the others leave. It comes back when its
 * taker dies, so a receiver may be told twice and knows that by the message's id.
 */
export interface WebhookQueue {
  /** Enabled webhooks with fewer than `pendingMax` waiting deliveries. */
  followers(pendingMax: number): Promise<readonly Follower[]>;
  /** Queues `changes` and moves the cursor to `upto`, both or, when another dispatcher did it first, neither. */
  handOver(follower: Follower, changes: readonly Change[], upto: number): Promise<void>;
  /** The same after changes were lost to it: says so, and goes on at `upto`. */
  skip(follower: Follower, upto: number): Promise<void>;
  /** Takes due deliveries for `holdMs`: at most `each` of a webhook, and none of those that are `busy`. */
  take(each: number, holdMs: number, busy: readonly string[]): Promise<readonly Due[]>;
  delivered(due: Due): Promise<void>;
  failed(attempt: Attempt): Promise<void>;
  /** Forgets what was given up longer ago than `ageMs`. */
  forget(ageMs: number): Promise<void>;
  backlog(): Promise<Backlog>;
}
