import type { Origin } from "./proof.ts";

/** What a key is, as its only writer knows it. */
export interface State {
  readonly revision: number;
  /** Undefined when there is no live entry. */
  readonly value: Origin | undefined;
  readonly description: string | null;
}

const NOTHING: State = { revision: 0, value: undefined, description: null };

/** As many as the service keeps of each key. */
const REVISIONS_KEPT = 10;

/**
 * A key that one writer has for itself: what it must be, or the two things that it may be while nobody knows what became
 * of the last write.
 */
export class KeyModel {
  readonly key: string;
  #certain: State = NOTHING;
  #perhaps: State | undefined;
  readonly #history = new Map<number, State>();

  constructor(key: string) {
    this.key = key;
  }

  get state(): State {
    return this.#certain;
  }

  /** What an unanswered write would have made of it. */
  get perhaps(): State | undefined {
    return this.#perhaps;
  }

  /** States that a restore can bring back, by revision. */
  get restorable(): readonly State[] {
    return [...this.#history.values()].filter(({ value }) => value !== undefined);
  }

  /** A write was answered: this is so. */
  acknowledge(state: State): void {
    this.#certain = state;
    this.#perhaps = undefined;
    this.#history.set(state.revision, state);
    this.#history.delete(state.revision - REVISIONS_KEPT);
  }

  /** A write was not answered: this may be so. */
  doubt(state: State): void {
    this.#perhaps = state;
  }

  /** What was read is one of the two. Answers why it cannot be, else takes it for the truth. */
  observe(seen: State): string | undefined {
    const fits = [this.#certain, this.#perhaps].find((state) => state && isSame(state, seen));
    if (!fits)
      return `${this.key} is ${show(seen)}, and must be ${show(this.#certain)}${this.#perhaps ? ` or ${show(this.#perhaps)}` : ""}`;
    if (fits === this.#perhaps) this.acknowledge(fits);
    this.#perhaps = undefined;
    return undefined;
  }
}

/** The revision of a key that is not there is not shown to readers. */
export const isSame = (one: State, other: State): boolean =>
  one.value === undefined
    ? other.value === undefined
    : one.revision === other.revision &&
      one.description === other.description &&
      one.value.writer === other.value?.writer &&
      one.value.sequence === other.value.sequence &&
      one.value.size === other.value.size;

export const show = ({ revision, value, description }: State): string =>
  value
    ? `write ${value.writer}.${value.sequence} of ${value.size} bytes at revision ${revision}, "${description}"`
    : `absent (revision ${revision})`;
