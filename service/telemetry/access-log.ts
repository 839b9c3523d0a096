import { SLOW_REQUEST_BYTES_PER_SECOND, SLOW_REQUEST_SECONDS } from "../../api/limits.ts";
import { doorNamed } from "../domain/entry.ts";
import type { Watched } from "./exchanges.ts";

export interface AccessLog {
  isLevelEnabled(level: string): boolean;
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

type Level = "debug" | "info" | "warn";

/**
 * One line for each request that has ended. Neither address nor headers are in it: the one holds the key and perhaps a
 * description, the others credentials.
 */
export function accessLog(log: AccessLog): (exchange: Watched, seconds: number) => void {
  // The level is settled at the start; to ask for each request costs as much as the counting.
  const verbose = log.isLevelEnabled("debug");
  return (exchange, seconds) => {
    const slow = isSlow(exchange, seconds);
    const level = levelOf(exchange, slow);
    if (level === "debug" && !verbose) return;
    log[level](
      fieldsOf(exchange, seconds),
      brokeOff(exchange) ? "answer broke off" : slow ? "slow request" : "request",
    );
  };
}

/** Answers that clients of a store meet every day, as they look for what is not there or lose a race: no news. */
const EVERYDAY: ReadonlySet<number> = new Set([404, 409, 410, 412]);

function levelOf(exchange: Watched, slow: boolean): Level {
  const { statusCode, writableFinished } = exchange;
  if (slow || statusCode >= 500 || brokeOff(exchange)) return "warn";
  if (statusCode >= 400 && !EVERYDAY.has(statusCode)) return "info";
  return writableFinished ? "debug" : "info";
}

/** What was to be an answer, and failed after its status had gone out. */
const brokeOff = ({ statusCode, fault }: Watched): boolean => statusCode < 400 && fault !== undefined;

/** A large body may take its time; what is slow is the rest. */
function isSlow({ waits, bytes, req }: Watched, seconds: number): boolean {
  return !waits && seconds > SLOW_REQUEST_SECONDS + (bytes + req.bytes) / SLOW_REQUEST_BYTES_PER_SECOND;
}

function fieldsOf(exchange: Watched, seconds: number): object {
  const { requestId, route, fault, by, req, statusCode, bytes } = exchange;
  return {
    requestId,
    method: req.method,
    route,
    status: statusCode,
    fault,
    ms: Math.round(seconds * 1_000_000) / 1_000,
    bytesIn: req.bytes,
    bytesOut: bytes,
    door: doorNamed(req.headers["x-kv-door"]),
    by,
    ...(exchange.writableFinished ? {} : { aborted: true }),
  };
}
