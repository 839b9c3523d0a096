import type { ObjectValue } from "../cty/value.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { ProviderFunction } from "./function.ts";
import type { Schema } from "./schema.ts";

/** What a resource is given for every call to the service. */
export interface Session<Client> {
  readonly client: Client;
  /** Aborted as soon as Terraform asks to stop. */
  readonly signal: AbortSignal;
  /** For writes that are under way when Terraform asks to stop: aborted a little later, so that their outcome is known. */
  readonly writeSignal: AbortSignal;
}

export interface Outcome {
  /** What is there now; undefined when it is gone. */
  readonly state: ObjectValue | undefined;
  readonly diagnostics?: readonly Diagnostic[];
}

/** A resource as a plain object: no wire, no plan. Every method but `validate` may throw: a DiagnosticError for what
 *  it can explain, else what the client threw, which the provider explains. */
export interface Resource<Client> {
  readonly schema: Schema;
  /** Pure. Parts of the configuration may be unknown; they are not judged. */
  validate(config: ObjectValue): readonly Diagnostic[];
  /** `planned` holds no unknown values but those of computed attributes. */
  create(planned: ObjectValue, session: Session<Client>): Promise<Outcome>;
  read(state: ObjectValue, session: Session<Client>): Promise<Outcome>;
  update(prior: ObjectValue, planned: ObjectValue, session: Session<Client>): Promise<Outcome>;
  /** What is gone already counts as deleted. */
  delete(prior: ObjectValue, session: Session<Client>): Promise<void>;
  /** The whole state of what `id` names. */
  import(id: string, session: Session<Client>): Promise<ObjectValue>;
}

export interface DataSource<Client> {
  readonly schema: Schema;
  validate(config: ObjectValue): readonly Diagnostic[];
  read(config: ObjectValue, session: Session<Client>): Promise<ObjectValue>;
}

/** What is read for one run, and kept in no plan and no state. */
export interface EphemeralResource<Client> {
  readonly schema: Schema;
  validate(config: ObjectValue): readonly Diagnostic[];
  open(config: ObjectValue, session: Session<Client>): Promise<ObjectValue>;
}

/** What came of a provider's settings. */
export type Configured<Client> =
  | { readonly kind: "ready"; readonly client: Client }
  /** Some setting is known only after other resources have been applied. */
  | { readonly kind: "unknown"; readonly setting: string }
  | { readonly kind: "wrong"; readonly diagnostics: readonly Diagnostic[] };

export interface Provider<Client> {
  readonly schema: Schema;
  validate(config: ObjectValue): readonly Diagnostic[];
  configure(config: ObjectValue): Configured<Client>;
  /** What to say of an error that a resource let through. Undefined for one that is a bug. */
  explain(failure: unknown): Diagnostic | undefined;
  readonly resources: Readonly<Record<string, Resource<Client>>>;
  readonly dataSources: Readonly<Record<string, DataSource<Client>>>;
  readonly ephemeralResources: Readonly<Record<string, EphemeralResource<Client>>>;
  readonly functions: Readonly<Record<string, ProviderFunction>>;
}
