import type { JsonTree } from "../cty/json-tree.ts";

/** The attributes of a stored state or identity, as the JSON that they were stored as: no digit of a number is lost. */
export type Stored = ReadonlyMap<string, JsonTree>;

/** A step from one version of a schema to the next. Pure. An attribute that the later version added may be left out: it
 *  is null then. One that it took away must go. */
export type Upgrade = (stored: Stored) => Stored;
