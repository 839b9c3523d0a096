import type { PgTable } from "drizzle-orm/pg-core";
import { changes } from "./tables/changes.ts";
import { entries } from "./tables/entries.ts";
import { leases } from "./tables/leases.ts";
import { namespaces } from "./tables/namespaces.ts";
import { objects } from "./tables/objects.ts";
import { revisions } from "./tables/revisions.ts";

/** What a backup holds: those that others refer to come first. */
export const COPIED: readonly PgTable[] = [namespaces, entries, revisions, objects, changes];

/** What is true only of the processes that run now. */
export const LEFT_OUT: readonly PgTable[] = [leases];
