import { readKeys } from "../../api/batch.ts";
import { readKey } from "../../api/client.ts";
import { ForeignAnswerError, ProblemError } from "../../api/failures.ts";
import { PAGE_ENTRIES_MAX } from "../../api/limits.ts";
import { listPage } from "../../api/list.ts";
import type { Api } from "../../api/transport.ts";
import { type Knowledge, type KnownKeys, knownKeys } from "./known-keys.ts";
import type { FoundKey, ValueWanted } from "./store.ts";
import { forAll, join, type Waiting } from "./waiting.ts";

/**
 * Reads of one namespace, one request at a time; what is asked meanwhile shares the next one. The first two requests ask
 * for keys by name. From then on the namespace is listed in pages, as long as one of the keys may be on a further page, and
 * as many pages as the number of keys justifies: docs/decisions/0020 has the numbers.
 */
export interface GatheredReads {
  readonly known: KnownKeys;
  read(key: string, value: ValueWanted, signal: AbortSignal): Promise<FoundKey>;
}

type Read = Waiting<{ readonly key: string; readonly wanted: ValueWanted }, FoundKey>;

const REQUESTS_BY_NAME = 2;
/** Fewer keys than these justify one page. */
const KEYS_FEW = 10;
/** Pages for more than that; further ones are justified by so many keys each. */
const PAGES_FREE = 10;
const KEYS_PER_PAGE = 20;

/** The list holds others' keys too, perhaps a hundred thousand of them beside ten. */
const pagesFor = (keys: number): number => (keys < KEYS_FEW ? 1 : PAGES_FREE + Math.floor(keys / KEYS_PER_PAGE));

export function gatheredReads(api: Api, namespace: string): GatheredReads {
  const known = knownKeys();
  const asked = new Set<string>();
  const waiting = new Set<Read>();
  let requests = 0;
  let pages = 0;
  let listable = true;
  let running = false;

  async function run(): Promise<void> {
    if (running) return;
    running = true;
    for (let round = unanswered(); round.length > 0; round = unanswered()) {
      const mayList = listable && requests >= REQUESTS_BY_NAME && pages < pagesFor(asked.size);
      requests++;
      const isBeyond = round.some(({ ask }) => known.of(ask.key) === "beyond");
      await forAll(round, (signal) =>
        mayList && isBeyond ? list(signal) : askFor(round, api, namespace, known, signal),
      ).catch((error) => {
        for (const one of round) one.reject(error);
      });
    }
    running = false;
  }

  /** Those that have to wait on: what is known answers the others. */
  function unanswered(): readonly Read[] {
    for (const one of [...waiting]) {
      const answer = answerIn(known.of(one.ask.key), one.ask.wanted);
      if (answer) one.resolve(answer);
    }
    return [...waiting];
  }

  async function list(signal: AbortSignal): Promise<void> {
    const page = { limit: PAGE_ENTRIES_MAX, cursor: known.cursor() };
    try {
      known.add(await listPage(api, namespace, { expired: true }, page, signal));
      pages++;
    } catch (error) {
      // Who may not list, or is answered by somebody else, is told so of the keys themselves.
      if (signal.aborted || !isRefusal(error)) throw error;
      listable = false;
    }
  }

  return {
    known,
    read(key, wanted, signal) {
      asked.add(key);
      const answer = join(waiting, { key, wanted }, signal);
      void run();
      return answer;
    },
  };
}

/** Whether the list would be refused each time: what is only down for now is tried again by the next who reads. */
function isRefusal(error: unknown): boolean {
  if (error instanceof ProblemError) return error.problem.status < 500;
  return error instanceof ForeignAnswerError && error.status < 500;
}

/** Asks for each key by its name, and answers those that wait for it. */
async function askFor(
  round: readonly Read[],
  api: Api,
  namespace: string,
  known: KnownKeys,
  signal: AbortSignal,
): Promise<void> {
  const keys = [...new Set(round.map(({ ask }) => ask.key))];
  const [only = "", ...others] = keys;
  const before = new Map(keys.map((key) => [key, known.of(key)]));
  const results =
    others.length === 0
      ? [await readKey(api, { namespace, key: only }, signal)]
      : await readKeys(
          api,
          namespace,
          keys.map((key) => withSize(key, known.of(key))),
          signal,
        );
  const found = new Map(keys.map((key, index) => [key, results[index]]));
  for (const [key, result] of found) {
    const isOvertaken = known.of(key) !== before.get(key); // by a write of our own, whose answer counts
    if (result?.state === "live" && !isOvertaken) known.learn(key, { ...result, value: undefined });
  }
  for (const one of round) {
    const result = found.get(one.ask.key);
    if (result?.state === "failed") one.reject(result.error);
    else if (result) one.resolve(result);
  }
}

const withSize = (key: string, known: Knowledge): { readonly key: string; readonly size?: number } =>
  typeof known === "object" && known.state === "live" ? { key, size: known.entry.size } : { key };

/** Undefined when the service has to be asked. */
function answerIn(known: Knowledge, wanted: ValueWanted): FoundKey | undefined {
  if (known === "beyond" || known === "unlisted") return undefined;
  if (known.state === "expired" || wanted === "never") return known;
  return wanted !== "always" && wanted.unlessDigest === known.entry.digest ? known : undefined;
}
