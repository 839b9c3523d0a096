import { startRoundRobin } from "./round-robin.ts";
import { type RunningService, type StoragePair, startService } from "./service.ts";

export interface Replicas extends RunningService {
  readonly replicas: readonly [RunningService, RunningService];
}

/** Two of the program on the same stores, started at the same moment, and one address that leads to each in turn. */
export async function startReplicas(pair: StoragePair): Promise<Replicas> {
  const replicas = await Promise.all([startService(pair), startService(pair)]);
  const relay = await startRoundRobin(replicas.map(({ address }) => address));
  const [first] = replicas;
  /** Both end as one: with the code of the first that ended badly. */
  const codes = async (ends: readonly Promise<number | null>[]) =>
    (await Promise.all(ends)).find((code) => code !== 0) ?? 0;
  return {
    replicas,
    address: relay.address,
    pid: first.pid,
    log: () => replicas.map(({ log }) => log()).join(""),
    async stop() {
      const code = await codes(replicas.map((replica) => replica.stop()));
      await relay.close();
      return code;
    },
    ended: () => codes(replicas.map((replica) => replica.ended())),
    async kill() {
      await Promise.all(replicas.map((replica) => replica.kill()));
      await relay.close();
    },
  };
}
