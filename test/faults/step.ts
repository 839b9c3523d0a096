import type { Request } from "./exchange.ts";
import type { KeyModel, State } from "./model.ts";
import { type Origin, proofOf } from "./proof.ts";
import type { Random } from "./random.ts";

/** What a step makes of one key. */
export interface Change {
  readonly model: KeyModel;
  readonly after: State;
}

/** One request of a writer, and what it makes of the writer's keys. */
export interface Step {
  readonly kind: "put" | "patch" | "describe" | "delete" | "restore" | "batch" | "atomic batch";
  readonly request: Request;
  readonly changes: readonly Change[];
}

/** A writer as its steps see it. */
export interface Hand {
  readonly path: string;
  readonly models: readonly KeyModel[];
  readonly random: Random;
  /** A value that was never written before. */
  origin(model: KeyModel, size: number): Origin;
  size(): number;
}

const MIB = 1_024 * 1_024;
/** Longer than the part in which a body of unknown length is collected: such a body goes to S3 in parts. */
const IN_PARTS_BYTES = 9 * MIB;

/** Chooses what to do next, by what the writer's keys are now. */
export function nextStep(hand: Hand): Step {
  const { random, models } = hand;
  const model = random.pick(models);
  const roll = random.below(100);
  if (roll < 12) return batch(hand, true);
  if (roll < 27) return batch(hand, false);
  const { restorable, state } = model;
  if (roll < 35 && restorable.length > 0) return restore(hand, model, random.pick(restorable));
  if (!state.value) return put(hand, model);
  if (roll < 43) return remove(hand, model);
  if (roll < 50) return describe(hand, model);
  if (roll < 60) return patch(hand, model);
  return put(hand, model);
}

const pathOf = ({ path }: Hand, { key }: KeyModel) => `${path}/kv/${key}`;

function put(hand: Hand, model: KeyModel): Step {
  const value = hand.origin(model, hand.size());
  const { revision, description } = model.state;
  const chunked = value.size >= IN_PARTS_BYTES || hand.random.chance(0.2);
  return {
    kind: "put",
    request: { method: "PUT", path: pathOf(hand, model), body: proofOf(value), chunked, headers: JSON_BODY },
    changes: [{ model, after: { revision: revision + 1, value, description } }],
  };
}

function patch(hand: Hand, model: KeyModel): Step {
  const value = hand.origin(model, Math.min(hand.size(), 3 * MIB));
  const description = `by ${value.sequence}`;
  const body = `{"description":"${description}","value":${proofOf(value)}}`;
  return {
    kind: "patch",
    request: { method: "PATCH", path: pathOf(hand, model), body, headers: JSON_BODY },
    changes: [{ model, after: { revision: model.state.revision + 1, value, description } }],
  };
}

function describe(hand: Hand, model: KeyModel): Step {
  const { revision, value } = model.state;
  const description = `alone ${revision}`;
  return {
    kind: "describe",
    request: { method: "PATCH", path: pathOf(hand, model), body: JSON.stringify({ description }), headers: JSON_BODY },
    changes: [{ model, after: { revision: revision + 1, value, description } }],
  };
}

const removed = (model: KeyModel): Change => ({
  model,
  after: { revision: model.state.revision + 1, value: undefined, description: null },
});

const remove = (hand: Hand, model: KeyModel): Step => ({
  kind: "delete",
  request: { method: "DELETE", path: pathOf(hand, model) },
  changes: [removed(model)],
});

const restore = (hand: Hand, model: KeyModel, past: State): Step => ({
  kind: "restore",
  request: { method: "POST", path: `${pathOf(hand, model)}/revisions/${past.revision}/restore` },
  changes: [{ model, after: { ...past, revision: model.state.revision + 1 } }],
});

/** All of the writer's keys: new values, small enough to share an object, and now and then a delete. */
function batch(hand: Hand, atomic: boolean): Step {
  const changes: Change[] = [];
  const operations = hand.models.map((model) => {
    if (model.state.value && hand.random.chance(0.15)) {
      changes.push(removed(model));
      return JSON.stringify({ op: "delete", key: model.key });
    }
    const value = hand.origin(model, Math.min(hand.size(), MIB));
    // A batch's put says all of an entry: what it leaves out is cleared.
    changes.push({ model, after: { revision: model.state.revision + 1, value, description: null } });
    return `{"op":"put","key":"${model.key}","value":${proofOf(value)}}`;
  });
  const body = `{"atomic":${atomic},"operations":[${operations.join(",")}]}`;
  return {
    kind: atomic ? "atomic batch" : "batch",
    request: { method: "POST", path: `${hand.path}/kv:batch`, body, headers: JSON_BODY },
    changes,
  };
}

const JSON_BODY = { "Content-Type": "application/json" };
