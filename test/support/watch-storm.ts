import { setTimeout as sleep } from "node:timers/promises";
import { openStream } from "./event-stream.ts";
import { type Kv, kvAt } from "./kv.ts";

const WRITERS = 6;
const WRITES = 30;
const WATCHERS = 4;
export const STORM_KEYS = ["a", "b", "c", "d", "e"] as const;

/** For each key the revisions in the order in which a watcher was told of them. */
export type Told = Readonly<Record<string, number[]>>;

const pick = <T>(of: readonly T[], random: number): T => of[Math.floor(random * of.length)] as T;

/** Puts, deletes, values that expire at once, and batches, each through one of the services. */
async function write(kvs: readonly Kv[], namespace: string): Promise<void> {
  for (let n = 0; n < WRITES; n++) {
    const [kv, key] = [pick(kvs, Math.random()), pick(STORM_KEYS, Math.random())];
    const operations = STORM_KEYS.map((each) => ({ op: "put", key: each, value: n }));
    const dice = Math.random();
    if (dice < 0.5) await kv.put(key, `${n}`);
    else if (dice < 0.7) await kv.delete(key);
    else if (dice < 0.9) {
      await kv.put(key, `${n}`, "?ttl=PT0.001S");
      await kv.get(key);
    } else
      await kv.send("POST", `/namespaces/${namespace}/kv:batch`, {
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ operations, atomic: dice > 0.95 }),
      });
  }
}

/** Of every key its newest revision, as its history knows it: so many changes there were. */
async function newestRevisions(kv: Kv, namespace: string): Promise<Map<string, number>> {
  const newest = new Map<string, number>();
  for (const key of STORM_KEYS) {
    const answer = await kv.send("GET", `/namespaces/${namespace}/kv/${key}/revisions?limit=1`);
    const [first] = answer.status === 200 ? await answer.json<{ revision: number }[]>() : [];
    newest.set(key, first?.revision ?? 0);
  }
  return newest;
}

/**
 * Writers and watchers at once, each through any of the services. Watchers hang up after a few events and resume at another
 * service from the last id. Answers what each was told, and how many changes there were of each key.
 */
export async function storm(addresses: readonly string[], namespace: string) {
  const kvs = addresses.map((address) => kvAt(address, namespace));
  const [kv] = kvs;
  if (!kv) throw new Error("A storm needs a service.");
  let newest: Map<string, number> | undefined;
  const isComplete = (told: Told) =>
    newest !== undefined && [...newest].every(([key, count]) => (told[key]?.at(-1) ?? 0) >= count);

  async function watch(): Promise<Told> {
    const told: Record<string, number[]> = {};
    for (let after = "0"; !isComplete(told); ) {
      const url = `${pick(addresses, Math.random())}/api/v1/main/namespaces/${namespace}/kv:watch?after=${after}`;
      const stream = await openStream(url);
      for (let events = Math.random() * 40; events > 0 && !isComplete(told); events--) {
        const event = await Promise.race([stream.next(), sleep(500)]);
        if (!event || event.event === "end") break;
        const { key, revision } = event.data;
        told[key] = [...(told[key] ?? []), revision];
        after = event.id;
      }
      await stream.close();
    }
    return told;
  }

  const watchers = Array.from({ length: WATCHERS }, watch);
  await Promise.all(Array.from({ length: WRITERS }, () => write(kvs, namespace)));
  newest = await newestRevisions(kv, namespace);
  return { told: await Promise.all(watchers), newest };
}
