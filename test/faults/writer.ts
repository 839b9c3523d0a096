import { exchange, type Request } from "./exchange.ts";
import { isSame, KeyModel, type State, show } from "./model.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { glimpse, originOf, proofOf } from "./proof.ts";
import type { Random } from "./random.ts";
import type { Report } from "./report.ts";
import { nextStep, type Step } from "./step.ts";

/** After so long without an answer a request counts as hung. */
const HANGS_AFTER_MS = 90_000;

export interface WriterOptions {
  readonly number: number;
  readonly path: string;
  readonly random: Random;
  readonly report: Report;
  /** How large its values are, in bytes. */
  readonly size: () => number;
}

/** Has a few keys for itself, so that it knows what they must be. Stops at the first write that nobody answers for. */
export class Writer {
  readonly models: readonly KeyModel[];
  readonly #options: WriterOptions;
  #sequence = 0;
  #doubtful: { readonly step: Step; readonly outcome: Outcome } | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.models = ["a", "b", "c"].map((name) => new KeyModel(`w${options.number}${name}`));
  }

  /** Writes until told to stop, or until a write's outcome is unknown. */
  async write(address: string, until: AbortSignal): Promise<void> {
    while (!until.aborted && !this.#doubtful) await this.#take(address, this.#next());
  }

  /** Whether the last write is still unknown. */
  get isInDoubt(): boolean {
    return this.#doubtful !== undefined;
  }

  /**
   * Sends the write that nobody answered for once more, with its idempotency key: it must end as if it had been sent once.
   */
  async repeat(address: string): Promise<void> {
    const step = this.#doubtful?.step;
    if (!step) return;
    this.#doubtful = undefined;
    this.#options.report.count("repeats");
    await this.#take(address, step);
  }

  /** Reads all of its keys: each must be what it was, or what the unanswered write has made of it. */
  async look(address: string): Promise<void> {
    const step = this.#doubtful?.step;
    const doubted = this.models.filter(({ perhaps }) => perhaps);
    const hoped = doubted.map(({ perhaps }) => perhaps);
    for (const model of this.models) {
      await this.#observe(address, model);
      await this.#lookBack(address, model);
    }
    const happened = doubted.filter(({ state }, index) => state === hoped[index]);
    const { report } = this.#options;
    if (step) report.count(happened.length > 0 ? "unanswered writes that happened" : "unanswered writes that did not");
    if (step?.kind === "atomic batch" && happened.length > 0 && happened.length < doubted.length)
      report.violate(
        `an atomic batch happened for ${happened.map(({ key }) => key)} of ${doubted.map(({ key }) => key)}`,
      );
  }

  /** Goes on from what `look` has seen. */
  believe(): void {
    this.#doubtful = undefined;
  }

  async #take(address: string, step: Step): Promise<void> {
    const outcome = outcomeOf(step, await exchange(address, step.request, HANGS_AFTER_MS));
    const { report } = this.#options;
    for (const { model, after } of outcome.happened) model.acknowledge(after);
    for (const { model, after } of outcome.unknown) model.doubt(after);
    for (const violation of outcome.violations) report.violate(violation);
    if (outcome.unknown.length > 0) this.#doubtful = { step, outcome };
    report.count(outcome.unknown.length > 0 ? "unanswered writes" : `${step.kind} acknowledged`);
  }

  #next(): Step {
    const { path, number, random, size } = this.#options;
    const origin = ({ key }: KeyModel, bytes: number) => {
      const made = { key, writer: number, sequence: ++this.#sequence, size: bytes };
      return { ...made, size: proofOf(made).length };
    };
    const step = nextStep({ path, models: this.models, random, size, origin });
    const headers = { ...step.request.headers, "Idempotency-Key": `${number}-${++this.#sequence}` };
    return { ...step, request: { ...step.request, headers } };
  }

  async #observe(address: string, model: KeyModel): Promise<void> {
    const seen = await readState(address, { method: "GET", path: `${this.#options.path}/kv/${model.key}` });
    const problem = typeof seen === "string" ? `${model.key}: ${seen}` : model.observe(seen);
    if (problem) this.#options.report.violate(problem);
    else this.#options.report.count("keys looked at");
  }

  /** One of the revisions that are kept must be what it was. */
  async #lookBack(address: string, model: KeyModel): Promise<void> {
    const { path, random, report } = this.#options;
    if (model.restorable.length === 0) return;
    const past = random.pick(model.restorable);
    const request = { method: "GET", path: `${path}/kv/${model.key}?revision=${past.revision}` } as const;
    const seen = await readState(address, request);
    if (typeof seen === "string") report.violate(`${model.key} at revision ${past.revision}: ${seen}`);
    else if (!isSame(past, seen)) report.violate(`${model.key} was ${show(past)}, and its history has ${show(seen)}`);
    else report.count("old revisions looked at");
  }
}

/** What a key is, or what is wrong with the answer. */
async function readState(address: string, request: Request): Promise<State | string> {
  const { status, text } = await exchange(address, request, HANGS_AFTER_MS);
  if (status === 404) return { revision: 0, value: undefined, description: null };
  if (status !== 200 || text === undefined) return `the answer ${status}: ${text?.slice(0, 200)}`;
  const { value, revision, description } = JSON.parse(text);
  const origin = originOf(`"${value}"`);
  return origin ? { revision, description, value: origin } : `a value that no write made: ${glimpse(`"${value}"`)}`;
}
