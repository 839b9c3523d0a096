import type { Context, Hono } from "hono";
import type { Problem } from "../../api/problem.ts";
import { Failure } from "../domain/fault.ts";
import { importItems } from "../domain/import.ts";
import type { Imported, ImportOptions } from "../domain/import-item.ts";
import type { Stores } from "../domain/writes.ts";
import { authorOf } from "./author.ts";
import { bodyFlow } from "./body.ts";
import { refuseConditionsOfMany } from "./conditions.ts";
import type { Env } from "./env.ts";
import { ImportReport } from "./import-report.ts";
import { formatNamed, formatOfMediaType } from "./kv-export.ts";
import { PROGRESS_MEDIA_TYPE } from "./kv-purge.ts";
import { scopeOf } from "./place.ts";
import { answered, DEFECT, problem, problemOf, respond } from "./problems.ts";
import { flagOf, refuseUnknown } from "./query.ts";
import { FORMAT_NAMES, FORMATS, type Format } from "./transfer/format.ts";

type Report = (error: unknown, requestId: string) => void;
type Chunks = AsyncGenerator<readonly Imported[]>;

/** Brings entries into a namespace. Who accepts NDJSON hears of each while it goes on. */
export function importRoutes(app: Hono<Env>, stores: Stores, report: Report): void {
  app.post("/namespaces/:namespace/kv:import", async (c) => {
    const { format, byEtag, options } = importQuery(c);
    const requestId = c.get("requestId");
    const told = new ImportReport(options.dryRun, requestId);
    const chunks = importItems(stores, format.read(bodyFlow(c), byEtag), options, c.req.raw.signal);
    if (!c.req.header("accept")?.includes(PROGRESS_MEDIA_TYPE)) return atOnce(chunks, told, options, requestId);
    const first = await chunks.next(); // what fails at once is still answered as a problem
    const lines = progress(first, chunks, told, options, requestId, report);
    return new Response(ReadableStream.from(lines) as ConstructorParameters<typeof Response>[0], {
      headers: { "Content-Type": PROGRESS_MEDIA_TYPE },
    });
  });
}

async function atOnce(
  chunks: Chunks,
  told: ImportReport,
  options: ImportOptions,
  requestId: string,
): Promise<Response> {
  try {
    for await (const chunk of chunks) for (const imported of chunk) told.add(imported);
  } catch (error) {
    if (error instanceof Failure) return respond(error.fault, requestId, { import: told.view(false) });
    throw error;
  }
  const done = isDone(told, options);
  const refusal = refusalOf(told, requestId);
  return refusal ? answered({ ...refusal, import: told.view(done) }) : Response.json(told.view(done));
}

async function* progress(
  first: IteratorResult<readonly Imported[]>,
  rest: Chunks,
  told: ImportReport,
  options: ImportOptions,
  requestId: string,
  report: Report,
): AsyncGenerator<Uint8Array> {
  try {
    for (let step = first; !step.done; step = await rest.next()) {
      const views = step.value.map((imported) => told.add(imported)).filter((view) => view !== undefined);
      yield lines([...views, told.progress(false)]);
    }
  } catch (error) {
    report(error, requestId);
    const known = error instanceof Failure && error.fault.kind !== "expired" ? error.fault : undefined;
    const why = known ? problemOf(known, requestId) : problem("internal", DEFECT, requestId);
    yield lines([{ ...told.progress(false), problem: why }]);
    return;
  }
  const refusal = refusalOf(told, requestId);
  yield lines([{ ...told.progress(isDone(told, options)), ...(refusal && { problem: refusal }) }]);
}

const lines = (views: readonly object[]): Uint8Array =>
  Buffer.from(views.map((view) => `${JSON.stringify(view)}\n`).join(""));

const isDone = ({ counts }: ImportReport, { onConflict, dryRun }: ImportOptions): boolean =>
  dryRun || onConflict !== "fail" || counts.conflicts === 0;

/** An import that could not take everything is refused, though it has done what it tells. */
function refusalOf({ counts: { failed, conflicts } }: ImportReport, requestId: string): Problem | undefined {
  if (failed > 0)
    return problem(
      "import-incomplete",
      `Of the entries ${failed} cannot be imported; \`import\` names them.`,
      requestId,
    );
  if (conflicts > 0)
    return problem(
      "import-conflict",
      `Of the entries ${conflicts} meet something else; \`import\` names them.`,
      requestId,
    );
  return undefined;
}

const MODES = ["overwrite", "skip", "fail"] as const satisfies readonly ImportOptions["onConflict"][];

function importQuery(c: Context): {
  readonly format: Format;
  readonly byEtag: boolean;
  readonly options: ImportOptions;
} {
  refuseConditionsOfMany(c, "With match=etag each line of an NDJSON brings its own.");
  refuseUnknown(c, "An import", ["format", "dryRun", "onConflict", "match"]);
  const mode = c.req.query("onConflict") ?? "overwrite";
  const onConflict = MODES.find((known) => known === mode);
  if (!onConflict)
    throw new Failure({ kind: "malformed", field: "onConflict", reason: `It is one of ${MODES.join(", ")}.` });
  const match = c.req.query("match");
  if (match !== undefined && match !== "etag")
    throw new Failure({
      kind: "malformed",
      field: "match",
      reason: "It is etag: each entry is changed only if it still has the ETag that its line brings.",
    });
  const format = formatOf(c);
  if (match && format !== FORMATS.ndjson)
    throw new Failure({ kind: "malformed", field: "match", reason: "Only the lines of an NDJSON have an ETag." });
  return {
    format,
    byEtag: match !== undefined,
    options: {
      scope: scopeOf(c),
      onConflict,
      dryRun: flagOf(c, "dryRun"),
      // Done again, an import finds what it did; keys of its own would only get in the way of that.
      author: { ...authorOf(c), idempotencyKey: undefined },
    },
  };
}

function formatOf(c: Context): Format {
  const mediaType = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  const name = formatNamed(c.req.query("format")) ?? formatOfMediaType(mediaType);
  if (!name)
    throw new Failure({
      kind: "unsupported_media_type",
      accepts: FORMAT_NAMES.map((known) => FORMATS[known].mediaTypes[0]),
    });
  return FORMATS[name];
}
