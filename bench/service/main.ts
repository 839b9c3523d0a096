import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { bucketOf, type Contender, type Figure, type Scenario, scenariosOn } from "./contenders.ts";
import { idlePromise, largePromises } from "./large.ts";
import { promisesOf } from "./promises.ts";
import { type Rounds, rowsOf, tableOf } from "./report.ts";
import { ofEtcd, ofService } from "./requests.ts";
import { send } from "./send.ts";
import { type Servers, withServers } from "./servers.ts";

const WARM_MS = 1_000;
/** Each writes 2 GiB. */
const LARGE_ROUNDS_MAX = 5;
/** Above this part of a core, the sender may be what is measured. */
const SENDER_MAX = 0.9;

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    /** GET, PUT, batch, list, large; all when none is named. */
    only: { type: "string", multiple: true, default: [] },
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
  },
});

/** By turns, so that what else the machine does meets all contenders alike. */
async function run({ contenders }: Scenario): Promise<Rounds> {
  const figures = new Map<string, Figure[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < Number(options.rounds); round++)
    for (const contender of contenders) figures.get(contender.name)?.push(await once(contender));
  return figures;
}

async function once(contender: Contender): Promise<Figure> {
  const figure = await contender.run({ warmMs: WARM_MS, ms: Number(options.seconds) * 1_000 });
  if (figure.sender > SENDER_MAX) console.error(`${contender.name}: the sender was busy all the time.`);
  return figure;
}

async function fill({ embedded, real, etcd }: Servers): Promise<void> {
  for (const { port } of [embedded, real]) {
    for (const request of ofService.filling) await send(port, request);
    // What is promised of a GET is promised of values in memory.
    for (const request of ofService.gets) await send(port, request);
  }
  for (const request of ofEtcd.filling) await send(etcd.port, request);
}

async function measure(servers: Servers): Promise<void> {
  const load = loadavg()[0] ?? 0;
  const isWanted = ({ name }: { readonly name: string }) => options.only.length === 0 || options.only.includes(name);
  const idle = isWanted({ name: "large" }) ? [idlePromise(servers.real)] : [];
  await fill(servers);
  const wanted = scenariosOn(servers).filter(isWanted);
  const all = new Map<string, Rounds>();
  for (const scenario of wanted) all.set(scenario.name, await run(scenario));
  const rows = [...all].flatMap(([name, rounds]) => rowsOf(name, rounds));
  const rounds = Math.min(Number(options.rounds), LARGE_ROUNDS_MAX);
  const large = isWanted({ name: "large" }) ? await largePromises(servers.real, bucketOf(servers), rounds) : [];
  const promises = [...promisesOf(all), ...large, ...idle];
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}, load ${load.toFixed(1)} at the start`;
  if (options.json)
    console.log(JSON.stringify({ machine, date: new Date().toISOString(), rows, promises }, undefined, 2));
  else console.log(`${machine}\n${options.rounds} rounds of ${options.seconds} s\n\n${tableOf(rows, promises)}`);
}

await withServers(measure);
