import type { PgTable } from "drizzle-orm/pg-core";
import { changeTrims } from "./tables/change-trims.ts";
import { changes } from "./tables/changes.ts";
import { entries } from "./tables/entries.ts";
import { leases } from "./tables/leases.ts";
import { namespaceAnswers } from "./tables/namespace-answers.ts";
import { namespaces } from "./tables/namespaces.ts";
import { objects } from "./tables/objects.ts";
import { revisions } from "./tables/revisions.ts";
import { webhookDeliveries } from "./tables/webhook-deliveries.ts";
import { webhooks } from "./tables/webhooks.ts";

/** What a backup holds: those that others refer to come first. */
export const COPIED: readonly PgTable[] = [
  namespaces,
  namespaceAnswers,
  entries,
  revisions,
  objects,
  changes,
  changeTrims,
  webhooks,
  webhookDeliveries,
];

/** What is true only of the processes that run now. */
export const LEFT_OUT: readonly PgTable[] = [leases];
