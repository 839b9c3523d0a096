import type { S3Config } from "../../service/objects/s3.ts";
import { cpuSecondsOf } from "./cpu.ts";
import { type Met, measured } from "./load.ts";
import { BATCH_KEYS, ofEtcd, ofService } from "./requests.ts";
import type { Server, Servers } from "./servers.ts";
import type { Store } from "./stores.child.ts";

/** One way to do a scenario's work. */
export interface Contender {
  readonly name: string;
  run(time: Time): Promise<Figure>;
}

export interface Time {
  readonly warmMs: number;
  readonly ms: number;
}

/** What one run of one contender showed. */
export interface Figure {
  /** Units of work per second: requests, but of a batch its operations. */
  readonly perSecond: number;
  /** Milliseconds of one request. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of processor per unit of work: of the program under test, and of the stores behind it. */
  readonly ownUs: number;
  readonly storesUs: number;
  /** The part of one core that the load's sender used. */
  readonly sender: number;
}

export interface Scenario {
  readonly name: string;
  readonly contenders: readonly Contender[];
}

interface Task {
  readonly connections: number;
  readonly requests: readonly string[];
  /** Units of work in one request. */
  readonly units?: number;
}

const over = (name: string, server: Server, stores: readonly number[], task: Task): Contender => ({
  name,
  run: (time) => {
    const { units = 1, ...load } = task;
    return figured("load.child.ts", { ...load, ...time, port: server.port }, [server.pid], stores, units);
  },
});

/** The work is done by the child itself, so its processor time is the contender's own. */
const bare = (name: string, store: Store, stores: readonly number[], connections: number): Contender => ({
  name,
  run: (time) => figured("stores.child.ts", { ...time, store, connections }, [], stores, 1),
});

async function figured(
  child: string,
  task: object,
  own: readonly number[],
  stores: readonly number[],
  units: number,
): Promise<Figure> {
  const used = (pids: readonly number[]) => pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  let before = { own: 0, stores: 0 };
  const met: Met = await measured(child, task, () => {
    before = { own: used(own), stores: used(stores) };
  });
  const perUnit = (seconds: number) => (seconds * 1e6) / (met.requests * units);
  if (met.refused > 0) throw new Error(`${met.refused} of ${met.requests} requests were refused.`);
  return {
    perSecond: (met.requests * units) / met.seconds,
    p50: met.p50,
    p99: met.p99,
    ownUs: perUnit(own.length > 0 ? used(own) - before.own : met.senderSeconds),
    storesUs: perUnit(used(stores) - before.stores),
    sender: own.length > 0 ? met.senderSeconds / met.seconds : 0,
  };
}

const CONNECTIONS = 32;
const BATCHES_AT_ONCE = 4;

/** The bucket of the service on real servers. */
export function bucketOf({ pair }: Servers): S3Config {
  const env = (name: string) => pair.env[`NSKV_S3_${name}`] ?? "";
  const [endpoint, bucket, region] = [env("ENDPOINT"), env("BUCKET"), env("REGION")];
  return { endpoint, bucket, accessKey: env("ACCESS_KEY"), secretKey: env("SECRET_KEY"), region };
}

export function scenariosOn(servers: Servers): readonly Scenario[] {
  const { embedded, real, etcd, hono, postgres, minio, pair } = servers;
  const both = (task: Task) => [
    over("embedded", embedded, [], task),
    over("Postgres and MinIO", real, [postgres, minio], task),
  ];
  const many = { connections: CONNECTIONS };
  const alone = { connections: 1 };
  const batch = { connections: BATCHES_AT_ONCE, units: BATCH_KEYS };
  return [
    {
      name: "GET",
      contenders: [
        ...both({ ...many, requests: ofService.gets }),
        over("bare Hono", hono, [], { ...many, requests: ofService.gets }),
        over("etcd", etcd, [], { ...many, requests: ofEtcd.gets }),
      ],
    },
    {
      name: "PUT",
      contenders: [
        ...both({ ...many, requests: ofService.puts }),
        bare("bare write-sync-rename", { kind: "disk", folder: servers.folder }, [], CONNECTIONS),
        bare("bare MinIO", { kind: "s3", config: bucketOf(servers) }, [minio], CONNECTIONS),
        over("etcd", etcd, [], { ...many, requests: ofEtcd.puts }),
      ],
    },
    {
      name: "batch",
      contenders: [
        ...both({ ...batch, requests: ofService.batches }),
        over("etcd", etcd, [], { ...batch, requests: ofEtcd.batches }),
      ],
    },
    {
      name: "list",
      contenders: [
        ...both({ ...alone, requests: ofService.lists }),
        bare("bare Postgres", { kind: "postgres", url: pair.env["NSKV_DATABASE_URL"] ?? "" }, [postgres], 1),
        over("etcd", etcd, [], { ...alone, requests: ofEtcd.lists }),
      ],
    },
  ];
}
