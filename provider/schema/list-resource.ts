import type { ObjectValue } from "../cty/value.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Session } from "./provider.ts";
import type { Schema } from "./schema.ts";

/** What exists of a resource's type, managed or not, for `terraform query` of Terraform 1.14 and later. */
export interface ListResource<Client> {
  /** Of the `config` block. */
  readonly schema: Schema;
  validate(config: ObjectValue): readonly Diagnostic[];
  /** What the service has, page by page: the next one is asked for when the last one was taken. */
  list(config: ObjectValue, wanted: Wanted, session: Session<Client>): AsyncIterable<Found>;
}

export interface Wanted {
  /** No more than these are taken. */
  readonly limit: number;
  /** Whether whole states are wanted, which may cost more requests. */
  readonly states: boolean;
}

export interface Found {
  /** What people see in the list. */
  readonly name: string;
  /** The attributes of the resource's identity. */
  readonly identity: ObjectValue;
  /** As an import makes it. Undefined where none was wanted. */
  readonly state?: ObjectValue | undefined;
  readonly diagnostics?: readonly Diagnostic[];
}
