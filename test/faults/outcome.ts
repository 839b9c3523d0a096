import { type Answer, brokenRefusal } from "./exchange.ts";
import type { Change, Step } from "./step.ts";

/** What an answer says of a step's changes: those that happened, those that nobody knows of, and what is wrong. */
export interface Outcome {
  readonly happened: readonly Change[];
  readonly unknown: readonly Change[];
  readonly violations: readonly string[];
}

interface Result {
  readonly status: number;
  readonly entry?: { readonly revision: number };
  readonly deleted?: boolean;
}

/** No answer leaves all unknown; a 503 as well, since it may say that the outcome is. All other refusals are violations. */
export function outcomeOf(step: Step, answer: Answer): Outcome {
  const { kind, changes } = step;
  const nobodyKnows = {
    happened: [],
    unknown: changes,
    violations: answer.hung ? [`a ${kind} was never answered`] : [],
  };
  if (answer.status === undefined || answer.text === undefined) return nobodyKnows;
  if (answer.status !== 200) {
    const broken = brokenRefusal(answer);
    return { ...nobodyKnows, violations: broken ? [`a ${kind} got ${broken}`] : [] };
  }
  return judged(step, resultsIn(step, answer.text));
}

function resultsIn({ kind }: Step, text: string): readonly Result[] {
  const answer = JSON.parse(text);
  if (kind === "batch" || kind === "atomic batch") return answer.results;
  return [kind === "delete" ? { status: 200, deleted: answer } : { status: 200, entry: answer }];
}

function judged({ kind, changes }: Step, results: readonly Result[]): Outcome {
  const happened: Change[] = [];
  const unknown: Change[] = [];
  const violations: string[] = [];
  for (const [index, change] of changes.entries()) {
    const result = results[index];
    const { revision, value } = change.after;
    if (result?.status === 503) unknown.push(change);
    else if (value ? result?.entry?.revision === revision : result?.deleted === true) happened.push(change);
    else {
      violations.push(`a ${kind} of ${change.model.key} should make revision ${revision}: ${JSON.stringify(result)}`);
      unknown.push(change);
    }
  }
  return { happened, unknown, violations };
}
