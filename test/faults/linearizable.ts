import { after, type Operation, type Value } from "./register.ts";

/** An operation on one key, and when it was sent and answered, on one clock. One that nobody answered has no end. */
export type Timed = Operation & { readonly key: string; readonly start: number; readonly end: number | undefined };

/** What a key may hold at one moment, and which of the operations under way have happened then. */
interface Configuration {
  readonly state: Value;
  readonly happened: ReadonlySet<Timed>;
}

/**
 * Why no order of the operations, each at one instant between its start and its end, explains all answers; undefined when
 * there is such an order. Keys are independent of each other, so that each is judged alone (Herlihy and Wing, 1990).
 *
 * Walks through the answers in time and keeps all configurations that are possible (Lowe, "Testing for linearizability",
 * 2017: just-in-time linearization): before each answer some of the operations under way may have happened, and the
 * answered one must. Equal configurations are kept once.
 */
export function unexplained(history: readonly Timed[], initial: Value = undefined): string | undefined {
  const byKey = grouped(history);
  for (const operations of byKey.values()) {
    // A write that nobody answered for and whose value nobody saw has most likely not happened; most are explained so.
    const why = unexplainedOf(operations.filter(isSeenIn(operations)), initial);
    if (why && unexplainedOf(operations, initial)) return why;
  }
  return undefined;
}

function grouped(history: readonly Timed[]): Map<string, Timed[]> {
  const groups = new Map<string, Timed[]>();
  for (const operation of history) {
    const group = groups.get(operation.key);
    if (group) group.push(operation);
    else groups.set(operation.key, [operation]);
  }
  return groups;
}

function isSeenIn(operations: readonly Timed[]): (operation: Timed) => boolean {
  const seen = new Set(
    operations.map((each) => (each.op === "read" ? each.answer : each.op === "swap" ? each.from : "")),
  );
  return (operation) => operation.end !== undefined || !("value" in operation) || seen.has(operation.value);
}

function unexplainedOf(operations: readonly Timed[], initial: Value): string | undefined {
  const sent = operations.toSorted((a, b) => a.start - b.start);
  const answered = operations.filter(({ end }) => end !== undefined).toSorted((a, b) => Number(a.end) - Number(b.end));
  const underWay = new Set<Timed>();
  let possible: readonly Configuration[] = [{ state: initial, happened: new Set() }];
  for (const operation of answered) {
    // What starts at the very moment of an answer may come before it.
    while (sent[0] && sent[0].start <= Number(operation.end)) underWay.add(sent.shift() as Timed);
    const next = withAnswer(possible, operation, underWay);
    if (next.length === 0) return describe(operation, possible);
    underWay.delete(operation);
    possible = next;
  }
  return undefined;
}

/** All configurations in which `operation` has just happened, or had before. */
function withAnswer(from: readonly Configuration[], operation: Timed, underWay: ReadonlySet<Timed>): Configuration[] {
  const ids = new Map([...underWay].map((each, index) => [each, index]));
  const nameOf = ({ state, happened }: Configuration) =>
    `${[...happened].map((each) => ids.get(each)).sort()}|${JSON.stringify(state)}`;
  const seen = new Set<string>();
  const found = new Map<string, Configuration>();
  const open = [...from];
  for (let next = open.pop(); next; next = open.pop()) {
    const one = withIdle(next, underWay);
    if (one.happened.has(operation)) {
      const happened = new Set(one.happened);
      happened.delete(operation); // it is over: every configuration has it
      const settled = { state: one.state, happened };
      found.set(nameOf(settled), settled);
      continue;
    }
    for (const candidate of underWay) {
      if (one.happened.has(candidate)) continue;
      const outcome = after(one.state, candidate);
      if (!outcome) continue;
      const further = { state: outcome.state, happened: new Set([...one.happened, candidate]) };
      const name = nameOf(further);
      if (!seen.has(name)) open.push(further);
      seen.add(name);
    }
  }
  return [...found.values()];
}

/** What changes nothing, a read or a refusal, may as well happen as soon as it can. */
function withIdle({ state, happened }: Configuration, underWay: ReadonlySet<Timed>): Configuration {
  const idle = [...underWay].filter((each) => each.op === "read" || each.outcome === "refused");
  return { state, happened: new Set([...happened, ...idle.filter((each) => after(state, each))]) };
}

function describe({ key, start, end, ...operation }: Timed, possible: readonly Configuration[]): string {
  const states = [...new Set(possible.map(({ state }) => state ?? "nothing"))];
  return `key ${key}: ${JSON.stringify(operation)} from ${start} to ${end}, when it could hold ${states.join(" or ")}`;
}
