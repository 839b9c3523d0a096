import type { ObjectValue } from "../cty/value.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { ProviderFunction } from "./function.ts";
import type { Identity } from "./identity.ts";
import type { ListResource } from "./list-resource.ts";
import type { Move } from "./move.ts";
import type { Schema } from "./schema.ts";
import type { Upgrade } from "./upgrade.ts";

/** What a resource is given for every call to the service. */
export interface Session<Client> {
  readonly client: Client;
  /** Aborted as soon as Terraform asks to stop. */
  readonly signal: AbortSignal;
  /** For writes that are under way when Terraform asks to stop: aborted a little later, so that their outcome is known. */
  readonly writeSignal: AbortSignal;
}

/** What a resource writes down for itself beside its state, and Terraform keeps without showing it to anybody (the
 *  protocol's private state). Never a value, nor a plain hash of one. */
export type Notes = Readonly<Record<string, unknown>>;

export interface Outcome {
  /** What is there now; undefined when it is gone. */
  readonly state: ObjectValue | undefined;
  readonly diagnostics?: readonly Diagnostic[];
  /** The notes from now on; without them those that were there stay. */
  readonly notes?: Notes;
}

/** What comes with a change besides the planned state. */
export interface Said {
  /** The configuration: the only place that has write-only attributes. */
  readonly config: ObjectValue;
  readonly notes: Notes;
}

/** What the rules made of a configuration, for what only the resource itself can say of it. */
export interface Drafted {
  /** Undefined for a resource that is to be created. */
  readonly prior: ObjectValue | undefined;
  readonly planned: ObjectValue;
  readonly config: ObjectValue;
  readonly notes: Notes;
}

export interface Refined {
  /** In the place of the draft, where something of it is not as the rules have it. */
  readonly planned?: ObjectValue;
  readonly diagnostics?: readonly Diagnostic[];
}

/** A resource as a plain object: no wire, no rules of the plan. Every method that is asynchronous may throw: a
 *  DiagnosticError for what it can explain, else what the client threw, which the provider explains. */
export interface Resource<Client> {
  readonly schema: Schema;
  /** Step n makes a state of version n one of version n + 1, so there are as many as the schema's version says. */
  readonly upgrades?: readonly Upgrade[];
  readonly identity?: Identity;
  /** What a `moved` block may turn into this resource. */
  readonly moves?: readonly Move[];
  /** Pure. Parts of the configuration may be unknown; they are not judged. */
  validate(config: ObjectValue): readonly Diagnostic[];
  /** The attributes that count as changed in the next plan though configuration and state agree, as a read has noted.
   *  Pure. */
  due?(prior: ObjectValue, notes: Notes, config: ObjectValue): readonly string[];
  /** What the schema cannot say of a plan. Pure: no clock and no network, as Terraform plans again at apply. */
  refine?(draft: Drafted): Refined;
  /** `planned` holds no unknown values but those of computed attributes. */
  create(planned: ObjectValue, session: Session<Client>, said: Said): Promise<Outcome>;
  read(state: ObjectValue, session: Session<Client>, notes: Notes): Promise<Outcome>;
  update(prior: ObjectValue, planned: ObjectValue, session: Session<Client>, said: Said): Promise<Outcome>;
  /** What is gone already counts as deleted. */
  delete(prior: ObjectValue, session: Session<Client>, notes: Notes): Promise<void>;
  /** The whole state of what `id` names. */
  import(id: string, session: Session<Client>): Promise<ObjectValue>;
  /** The notes that an imported state begins with. Terraform reads it at once, by them. */
  notesOfImport?(state: ObjectValue): Notes;
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
  /** By the type of the resource that they list, which has an identity. */
  readonly listResources: Readonly<Record<string, ListResource<Client>>>;
  readonly functions: Readonly<Record<string, ProviderFunction>>;
}
