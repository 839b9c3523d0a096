import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

/** Who may import whom (ARCHITECTURE.md). A door is a folder with its slash, a file, or a library. */
const ROOMS: readonly { readonly room: string; readonly doors: readonly string[]; readonly why: string }[] = [
  {
    room: "service/domain/",
    doors: ["api/limits.ts", "node:crypto", "uuid"],
    why: "the domain decides; it never fetches, stores or listens",
  },
  {
    room: "service/metadata/",
    doors: [
      "service/domain/",
      "api/limits.ts",
      "drizzle-orm",
      "postgres",
      "@electric-sql/pglite",
      "lru-cache",
      "node:",
    ],
    why: "Postgres is behind one door",
  },
  {
    room: "service/objects/",
    doors: ["service/domain/", "api/limits.ts", "minio", "lru-cache", "node:"],
    why: "the object store is behind one door",
  },
  {
    room: "service/watch/",
    doors: ["service/domain/", "api/limits.ts", "node:"],
    why: "watchers read the log through the domain's interface, whatever stores it",
  },
  {
    room: "service/http/",
    doors: ["service/domain/", "api/", "hono", "@hono/node-server/utils/response", "zod", "uuid", "node:"],
    why: "HTTP translates; it knows no store",
  },
  {
    room: "service/webhooks/",
    doors: ["service/domain/", "api/limits.ts"],
    why: "what is told to the world outside is decided apart from what is kept",
  },
  {
    room: "service/http/transfer/",
    doors: [
      "service/domain/",
      "service/http/fields.ts",
      "service/http/json-object.ts",
      "api/limits.ts",
      "api/json-members.ts",
      "yaml",
      "csv-parse",
      "csv-stringify",
      "dotenv",
      "node:stream",
    ],
    why: "formats turn entries into bytes and back; they know no request and no store, and their libraries nobody else knows",
  },
  {
    room: "service/telemetry/",
    doors: [
      "service/domain/",
      "api/limits.ts",
      "prom-client",
      "@opentelemetry/api",
      "@opentelemetry/sdk-node",
      "node:http",
    ],
    why: "what watches the rooms knows none of them",
  },
  {
    room: "service/backup/",
    doors: ["service/domain/", "api/limits.ts", "uuid", "node:"],
    why: "a backup is a folder of its own; it knows both stores by their interfaces only",
  },
  { room: "service/config.ts", doors: ["api/limits.ts", "node:path"], why: "configuration is a value, read once" },
  ...["client", "namespaces", "list", "batch", "batch-body", "describe"].map((client) => ({
    room: `api/${client}.ts`,
    doors: ["api/", "node:"],
    why: "thin clients load nothing but the contract",
  })),
  {
    room: "api/schema",
    doors: ["api/schema/", "api/schema.ts", "api/limits.ts", "api/problem.ts", "zod"],
    why: "the contract is described by itself",
  },
  { room: "provider/cty/", doors: ["api/limits.ts", "node:"], why: "values know nothing of the wire, nor of HTTP" },
  {
    room: "provider/go-plugin/",
    doors: ["provider/gen/", "@grpc/grpc-js", "node:"],
    why: "the handshake knows no resource",
  },
  {
    room: "provider/store/",
    doors: ["api/", "node:"],
    why: "requests are gathered and remembered apart from what Terraform's types mean",
  },
  { room: "provider/rpc/", doors: ["provider/", "@grpc/grpc-js", "node:"], why: "the plan rules know no service" },
  {
    room: "provider/",
    doors: [
      "api/client.ts",
      "api/namespaces.ts",
      "api/list.ts",
      "api/batch.ts",
      "api/batch-body.ts",
      "api/describe.ts",
      "api/failures.ts",
      "api/transport.ts",
      "api/problem.ts",
      "api/limits.ts",
      "@grpc/grpc-js",
      "@bufbuild/protobuf",
      "node:",
    ],
    why: "Terraform starts it for every command, so it loads little",
  },
  { room: "cli/", doors: ["api/client.ts", "api/problem.ts", "api/limits.ts", "node:"], why: "the CLI is a client" },
];

/** Doors that one file has alone. */
const PRIVILEGES: Readonly<Record<string, readonly string[]>> = {
  "cli/serve.ts": ["service/main.ts", "service/config.ts"], // `nskv serve` is the service's own start
  // These three open the stores themselves, since they are there for when no service can (docs/decisions/0014).
  "cli/maintenance.ts": ["service/maintenance.ts", "service/config.ts"],
  "cli/doctor.ts": ["service/maintenance.ts", "service/config.ts"],
  "cli/doctor-report.ts": ["service/domain/findings.ts"], // what the findings mean is said once, beside the findings
  "cli/backup.ts": ["service/maintenance.ts", "service/config.ts"],
  "cli/restore.ts": ["service/maintenance.ts", "service/config.ts"],
};

/** Only these know a room's inside from outside; whoever else does has torn a wall down. */
const GUARDED: readonly { readonly what: string; readonly by: readonly string[]; readonly why: string }[] = [
  {
    what: "provider/gen/",
    by: ["provider/rpc/", "provider/go-plugin/", "provider/main.ts", "provider/gen/"],
    why: "generated code stays at the wire",
  },
  {
    what: "service/metadata/",
    by: ["service/metadata/", "service/open-stores.ts"],
    why: "one file opens the stores, for the service and for those who look after it",
  },
  {
    what: "service/objects/",
    by: ["service/objects/", "service/open-stores.ts", "service/main.ts", "service/maintenance.ts"],
    why: "main adds the cache, and a backup's folder of values is an object store of its own",
  },
  {
    what: "service/backup/",
    by: ["service/backup/", "service/maintenance.ts"],
    why: "the service neither makes nor reads backups",
  },
  {
    what: "service/webhooks/",
    by: ["service/webhooks/", "service/main.ts"],
    why: "only main knows every room of the service",
  },
  { what: "service/watch/", by: ["service/watch/", "service/main.ts"], why: "HTTP knows watchers by their interface" },
  { what: "service/http/", by: ["service/http/", "service/main.ts"], why: "only main knows every room of the service" },
  {
    what: "service/telemetry/",
    by: ["service/telemetry/", "service/main.ts"],
    why: "rooms tell of their work in plain words, and know no library for them",
  },
  {
    what: "@opentelemetry/sdk-node",
    by: ["service/telemetry/otel.ts"],
    why: "it is loaded only when traces are wanted, and so by one file that is",
  },
];

const files = (await readdir(".", { recursive: true }))
  .filter((file) => /^(api|service|provider|cli)\/.*\.ts$/.test(file))
  .filter((file) => !/\.(test|suite|child)\.ts$|\/(suite|fixture)[-.]/.test(file));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const source = readFileSync(file, "utf8");
  const statements = source.matchAll(
    /^\s*(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|import\("([^"]+)"\)/gm,
  );
  return [...statements].map(([, type, fixed, dynamic]) => {
    const target = fixed ?? dynamic ?? "";
    const to = target.startsWith(".") ? normalize(join(dirname(file), target)) : target;
    return { from: file, to, typeOnly: type !== undefined };
  });
}

const all = files.flatMap(importsOf);
const leads = (to: string, door: string) =>
  door.endsWith("/") || door.endsWith(":") ? to.startsWith(door) : to === door || to.startsWith(`${door}/`);

describe("rooms keep to their doors", () => {
  it("files and imports were found at all", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(all.length).toBeGreaterThan(200);
  });

  it.each(ROOMS)("$room: $why", ({ room, doors }) => {
    const innermost = (file: string) =>
      ROOMS.filter((other) => file.startsWith(other.room)).sort((a, b) => b.room.length - a.room.length)[0]?.room;
    const strays = all
      .filter(({ from }) => innermost(from) === room)
      .filter(({ from, to }) => ![room, ...doors, ...(PRIVILEGES[from] ?? [])].some((door) => leads(to, door)))
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(strays).toEqual([]);
  });

  it.each(GUARDED)("$what is known to few: $why", ({ what, by }) => {
    const strangers = all
      .filter(({ from, to }) => to.startsWith(what) && !by.some((room) => from.startsWith(room)))
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(strangers).toEqual([]);
  });
});

it("the schema, and zod with it, never reaches a client at run time", () => {
  const strays = all
    .filter(({ to, typeOnly }) => to.startsWith("api/schema") && !typeOnly)
    .filter(({ from }) => !from.startsWith("service/http/") && !from.startsWith("api/schema"))
    .map(({ from }) => from);
  expect(strays).toEqual([]);
});

it("the provider's bundle holds no zod, hono or drizzle", async () => {
  const { metafile } = await build({
    entryPoints: ["provider/main.ts"],
    bundle: true,
    platform: "node",
    write: false,
    metafile: true,
    external: ["@grpc/proto-loader"],
    logLevel: "silent",
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.some((file) => file.includes("@grpc/grpc-js"))).toBe(true);
  expect(inputs.filter((file) => /\/(zod|hono|drizzle-orm|postgres|minio|pino)\//.test(file))).toEqual([]);
});
