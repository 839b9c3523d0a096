import type { Context, Hono } from "hono";
import { EXPORT_KEYS_NAMED_MAX } from "../../api/limits.ts";
import { exportEntries, exportHistory, liveEntries } from "../domain/export.ts";
import { Failure } from "../domain/fault.ts";
import type { ListQuery } from "../domain/stores.ts";
import type { Stores } from "../domain/writes.ts";
import { envelopeBytes, jsonOrNothing } from "./body.ts";
import type { Env } from "./env.ts";
import { listQuery } from "./kv-list.ts";
import { flagOf, refuseUnknown } from "./query.ts";
import { isDotenvName } from "./transfer/dotenv-writer.ts";
import { FORMAT_NAMES, FORMATS, type Format, type FormatName } from "./transfer/format.ts";
import { gathered } from "./transfer/writing.ts";

type Report = (error: unknown, requestId: string) => void;

/** All that a namespace holds, as one document that flows. POST is the same, for callers whose `kv:` verbs all are. */
export function exportRoutes(app: Hono<Env>, stores: Stores, report: Report): void {
  app.on(["GET", "POST"], "/namespaces/:namespace/kv:export", async (c) => {
    if (c.req.method === "POST") await refuseBody(c);
    const { name, query, history, skip } = exportQuery(c);
    const format: Format = FORMATS[name];
    const headers = {
      "Content-Type": format.mediaTypes[0],
      "Content-Disposition": `attachment; filename="${query.namespace}.${format.extension}"`,
      Vary: "Accept",
    };
    if (c.req.method === "HEAD") return new Response(null, { headers });
    if (name === "dotenv" && !skip) await checkNames(stores, query);
    const signal = c.req.raw.signal;
    const records = history ? exportHistory(stores, query, signal) : exportEntries(stores, query, signal);
    const body = gathered(format.write(records, skip));
    const first = await body.next(); // what fails at once is still answered as a problem
    if (first.done) return new Response("", { headers });
    const flow = flowing(first.value, body, (error) => report(error, c.get("requestId")));
    return new Response(ReadableStream.from(flow) as ConstructorParameters<typeof Response>[0], { headers });
  });
}

/** A filter in a body would be one that never applies. */
async function refuseBody(c: Context): Promise<void> {
  if (JSON.stringify(jsonOrNothing(await envelopeBytes(c))) !== "{}")
    throw malformed("body", `An export is told by its parameters, ${PARAMETERS.join(", ")}, and takes no body.`);
}

/** What fails later breaks the connection off: then nobody takes the part that came for the whole. */
async function* flowing(first: Uint8Array, rest: AsyncGenerator<Uint8Array>, report: (error: unknown) => void) {
  try {
    yield first;
    yield* rest;
  } catch (error) {
    const isKnown = !(error instanceof Failure) || error.fault.kind === "unavailable";
    report(isKnown ? error : new Error("An export was broken off.", { cause: error }));
    throw error;
  }
}

const PARAMETERS = ["format", "history", "skip", "prefix", "q", "type", "label"];

function exportQuery(c: Context) {
  refuseUnknown(c, "An export", PARAMETERS);
  const name = formatNamed(c.req.query("format")) ?? accepted(c.req.header("accept")) ?? "ndjson";
  const [history, skip] = [flagOf(c, "history"), flagOf(c, "skip")];
  const query = listQuery(c);
  if (history && name !== "ndjson") throw malformed("history", "Only an export as NDJSON has room for history.");
  if (history && (query.contains !== undefined || query.types.length > 0 || Object.keys(query.labels).length > 0))
    throw malformed("history", "With history=true an export takes no other filter than prefix.");
  return { name, query, history, skip };
}

const malformed = (field: string, reason: string) => new Failure({ kind: "malformed", field, reason });

/** Fails with `malformed`, field `format`. */
export function formatNamed(text: string | undefined): FormatName | undefined {
  const name = FORMAT_NAMES.find((known) => known === text);
  if (text !== undefined && !name) throw malformed("format", `It is one of ${FORMAT_NAMES.join(", ")}.`);
  return name;
}

export const formatOfMediaType = (mediaType: string): FormatName | undefined =>
  FORMAT_NAMES.find((name) => (FORMATS[name].mediaTypes as readonly string[]).includes(mediaType));

/** The first format that is named; browsers and curl accept anything, and get what loses nothing. */
const accepted = (header: string | undefined): FormatName | undefined =>
  (header ?? "")
    .split(",")
    .map((range) => formatOfMediaType(range.split(";")[0]?.trim().toLowerCase() ?? ""))
    .find((name) => name !== undefined);

/** A dotenv file that left keys out would look whole. Fails with `invalid`, and names them. */
async function checkNames(stores: Stores, query: ListQuery): Promise<void> {
  const bad: string[] = [];
  let count = 0;
  for await (const { entry } of liveEntries(stores, query)) {
    if (isDotenvName(entry.key)) continue;
    count++;
    if (bad.length < EXPORT_KEYS_NAMED_MAX) bad.push(JSON.stringify(entry.key));
  }
  if (count > 0)
    throw new Failure({
      kind: "invalid",
      field: "format",
      reason: `A dotenv file has names of letters, digits, '_', '-' and '.' only, and ${count} of the keys are none: ${bad.join(", ")}${count > bad.length ? " …" : ""}. With skip=true they are left out.`,
    });
}
