import { expect, it } from "vitest";
import { accessLog } from "./access-log.ts";
import type { Watched } from "./exchanges.ts";

const MEGABYTE = 1_000_000;

const exchange = (changes: Partial<Watched> = {}, received = 0): Watched => ({
  req: {
    method: "PUT",
    url: "/canary?value=canary",
    headers: { "x-kv-door": "terraform", authorization: "Basic canary" },
    bytes: received,
  } as unknown as Watched["req"],
  statusCode: 200,
  writableFinished: true,
  startedAt: 0,
  bytes: 10,
  requestId: "id",
  route: "/kv/:key",
  fault: undefined,
  by: "anonymous",
  waits: false,
  span: undefined,
  ...changes,
});

/** The lines that a log of this level gets. */
function linesAt(threshold: "debug" | "info", exchanged: Watched, seconds: number) {
  const lines: { level: string; fields: object; message: string }[] = [];
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message });
  const isLevelEnabled = (level: string) => level !== "debug" || threshold === "debug";
  accessLog({ isLevelEnabled, debug: at("debug"), info: at("info"), warn: at("warn") })(exchanged, seconds);
  return lines;
}

it.each([
  { what: "a success", status: 200, level: "debug" },
  { what: "a key that is not there", status: 404, level: "debug" },
  { what: "an expired key", status: 410, level: "debug" },
  { what: "a lost race", status: 412, level: "debug" },
  { what: "a request that breaks a rule", status: 422, level: "info" },
  { what: "a request that cannot be read", status: 400, level: "info" },
  { what: "a store that is away", status: 503, level: "warn" },
] as const)("$what is told at $level", ({ status, level }) => {
  expect(linesAt("debug", exchange({ statusCode: status }), 0.1)).toMatchObject([{ level, message: "request" }]);
});

it("without debug, nothing is said of a success", () => {
  expect(linesAt("info", exchange(), 0.1)).toEqual([]);
});

it("an answer that its caller did not take to the end is told, and as such", () => {
  const [line] = linesAt("info", exchange({ writableFinished: false }), 0.1);
  expect(line).toMatchObject({ level: "info", fields: { aborted: true } });
});

it("an answer that failed on its way is a warning with its cause, and one whose caller left a refusal is none", () => {
  const broken = linesAt("info", exchange({ writableFinished: false, fault: "unavailable" }), 0.1);
  const fields = { aborted: true, fault: "unavailable", route: "/kv/:key", requestId: "id", status: 200 };
  expect(broken).toMatchObject([{ level: "warn", message: "answer broke off", fields }]);
  const refused = exchange({ statusCode: 422, writableFinished: false, fault: "invalid_value" });
  expect(linesAt("info", refused, 0.1)).toMatchObject([{ level: "info", message: "request" }]);
});

it.each([
  { what: "5 seconds", changes: {}, received: 0, seconds: 5, slow: false },
  { what: "more than 5 seconds", changes: {}, received: 0, seconds: 5.1, slow: true },
  { what: "15 seconds for a body of 10 MB", changes: {}, received: 10 * MEGABYTE, seconds: 15, slow: false },
  { what: "16 seconds for that body", changes: {}, received: 10 * MEGABYTE, seconds: 16, slow: true },
  {
    what: "15 seconds for an answer of 10 MB",
    changes: { bytes: 10 * MEGABYTE },
    received: 0,
    seconds: 15,
    slow: false,
  },
  { what: "an hour of waiting on purpose", changes: { waits: true }, received: 0, seconds: 3_600, slow: false },
])("$what is slow: $slow", ({ changes, received, seconds, slow }) => {
  const [line] = linesAt("info", exchange(changes, received), seconds);
  expect(line?.message).toBe(slow ? "slow request" : undefined);
  expect(line?.level).toBe(slow ? "warn" : undefined);
});

it("a line has all that an operator looks for, and neither address nor headers", () => {
  const [line] = linesAt("info", exchange({ statusCode: 422, fault: "invalid_value" }, 5), 0.0123456);
  expect(line?.fields).toEqual({
    requestId: "id",
    method: "PUT",
    route: "/kv/:key",
    status: 422,
    fault: "invalid_value",
    ms: 12.346,
    bytesIn: 5,
    bytesOut: 10,
    door: "terraform",
    by: "anonymous",
  });
  expect(JSON.stringify(line)).not.toContain("canary");
});
