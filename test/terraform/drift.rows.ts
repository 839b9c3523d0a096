import { setTimeout as sleep } from "node:timers/promises";
import type { Kv } from "../support/kv.ts";

/** One key: what is configured, what somebody does to it by HTTP, and what the next plan says. */
export interface Row {
  readonly key: string;
  readonly config: Readonly<Record<string, string>>;
  readonly outside: (at: Kv, key: string) => Promise<{ readonly ok: boolean }>;
  readonly change: string;
}

const SERVER = '{ host = "a.example", ports = [80, 443], tls = { on = true } }';

export const DRIFTED: readonly Row[] = [
  { key: "value", config: { value: "3" }, outside: (at, key) => at.put(key, "5"), change: "update value" },
  {
    key: "last-digit", // the JSON plan has it, but JSON.parse cannot tell the two apart
    config: { value: "0.1000000000000000000000000000001" },
    outside: (at, key) => at.put(key, "0.1000000000000000000000000000002"),
    change: "update",
  },
  {
    key: "part",
    config: { value: SERVER },
    outside: (at, key) => at.put(key, '{"host":"a.example","ports":[80,8443],"tls":{"on":true,"since":2020}}'),
    change: "update value.ports.1, value.tls.since",
  },
  {
    key: "type-and-value",
    config: { value: "5" },
    outside: (at, key) => at.put(key, '"5"'),
    change: "update value, type",
  },
  {
    key: "type",
    config: { value: '"2030-01-31"' },
    outside: (at, key) => at.patch(key, { type: "DATE" }),
    change: "update type",
  },
  {
    key: "ttl",
    config: { value: "1", ttl: '"P1D"' },
    outside: (at, key) => at.patch(key, { ttl: "PT1H" }),
    change: "update ttl, expires_at (unknown)",
  },
  {
    key: "ttl-removed",
    config: { value: "1", ttl: '"P1D"' },
    outside: (at, key) => at.patch(key, { ttl: null }),
    change: "update ttl, expires_at (unknown)",
  },
  {
    key: "ttl-added",
    config: { value: "1" },
    outside: (at, key) => at.patch(key, { ttl: "PT1H" }),
    change: "update ttl, expires_at (unknown)",
  },
  {
    key: "description",
    config: { value: "1", description: '"Ours"' },
    outside: (at, key) => at.patch(key, { description: "Theirs" }),
    change: "update description",
  },
  {
    key: "description-cleared",
    config: { value: "1", description: '"Ours"' },
    outside: (at, key) => at.patch(key, { description: null }),
    change: "update description",
  },
  {
    key: "expires-at",
    config: { value: "1", expires_at: '"2035-01-31T12:00:00+02:00"' },
    outside: (at, key) => at.patch(key, { expiresAt: "2035-02-01T12:00:00Z" }),
    change: "update expires_at",
  },
  {
    key: "expires-at-removed",
    config: { value: "1", expires_at: '"2035-01-31T12:00:00Z"' },
    outside: (at, key) => at.patch(key, { expiresAt: null }),
    change: "update expires_at",
  },
  {
    key: "expires-at-by-ttl",
    config: { value: "1", expires_at: '"2035-01-31T12:00:00Z"' },
    outside: (at, key) => at.patch(key, { ttl: "P1D" }),
    change: "update ttl, expires_at",
  },
  {
    key: "labels",
    config: { value: "1", labels: '{ team = "data", tier = "1" }' },
    outside: (at, key) => at.patch(key, { labels: { team: "web", tier: "1", extra: "x" } }),
    change: "update labels.extra, labels.team",
  },
  {
    key: "labels-cleared",
    config: { value: "1", labels: '{ team = "data" }' },
    outside: (at, key) => at.patch(key, { labels: {} }),
    change: "update labels.team",
  },
  {
    key: "secret",
    config: { value: "1", secret: "true" },
    outside: (at, key) => at.patch(key, { secret: false }),
    change: "update secret",
  },
  {
    key: "json",
    config: { value_json: '"[1.00000000000000000000000000000000000001]"' },
    outside: (at, key) => at.put(key, "[1.00000000000000000000000000000000000002]"),
    change: "update value_json",
  },
  {
    key: "json-null",
    config: { value_json: '"null"' },
    outside: (at, key) => at.put(key, "0", "?type=JSON"),
    change: "update value_json",
  },
  {
    key: "write-only",
    config: { value_wo: '"ours"', value_wo_version: "3" },
    outside: (at, key) => at.put(key, '"theirs"'),
    change: "update value_wo_version",
  },
  { key: "absence", config: { value: "1" }, outside: (at, key) => at.delete(key), change: "create" },
  { key: "expiry", config: { value: "1", ttl: '"P1D"' }, outside: expire, change: "create" },
];

/** Only spelling: what the next plan must not show. */
export const RESPELLED: readonly Omit<Row, "change">[] = [
  { key: "whole", config: { value: "1" }, outside: (at, key) => at.put(key, "1.0") },
  { key: "exponent", config: { value: "1000" }, outside: (at, key) => at.put(key, "1.0e3") },
  {
    key: "order-and-spaces",
    config: { value: SERVER },
    outside: (at, key) =>
      at.put(key, '\n{ "tls": {"on" : true}, "ports": [80.0, 4.43E+2 ], "host":"\\u0061.example" }\n'),
  },
  {
    key: "duration",
    config: { value: '"P1D"', type: '"DURATION"' },
    outside: (at, key) => at.put(key, "PT24H", "?type=DURATION"),
  },
  {
    key: "instant",
    config: { value: '"2030-01-31T12:00:00Z"', type: '"DATETIME"' },
    outside: (at, key) => at.put(key, "2030-01-31T14:00:00.000+02:00", "?type=DATETIME"),
  },
  {
    key: "ttl-respelled",
    config: { value: "1", ttl: '"P1D"' },
    outside: (at, key) => at.patch(key, { ttl: "PT1440M" }),
  },
  {
    key: "same-again",
    config: { value: '"x"' },
    outside: (at, key) => at.put(key, '"x"'),
  },
  {
    key: "instant-of-the-end",
    config: { value: "1", expires_at: '"2035-01-31T12:00:00Z"' },
    outside: (at, key) => at.patch(key, { expiresAt: "2035-01-31T14:00:00.000+02:00" }),
  },
  {
    key: "json-respelled",
    config: { value_json: '"{\\"a\\": 1.0, \\"b\\": [1e2, null]}"' },
    outside: (at, key) => at.put(key, '{"b":[100,null],"a":1}'),
  },
  {
    key: "json-duration",
    config: { value_json: '"\\"P1D\\""', type: '"DURATION"' },
    outside: (at, key) => at.put(key, "PT24H", "?type=DURATION"),
  },
  {
    key: "write-only-again",
    config: { value_wo: '{ a = "x" }', value_wo_version: "1" },
    outside: (at, key) => at.put(key, '{"a":"x"}'),
  },
  {
    key: "labels-and-mark-nobody-owns",
    config: { value: "1" },
    outside: (at, key) => at.patch(key, { labels: { theirs: "1" }, secret: true }),
  },
  {
    key: "all-that-nobody-owns",
    config: { value_wo: "1", value_wo_version: "1" },
    outside: (at, key) => at.patch(key, { labels: { theirs: "1" }, secret: true, description: "Theirs" }),
  },
  {
    key: "description-nobody-owns",
    config: { value: "1" },
    outside: (at, key) => at.patch(key, { description: "A note by somebody else" }),
  },
];

/** Ends a key's time, by the service's own clock. */
async function expire(at: Kv, key: string): Promise<{ readonly ok: boolean }> {
  const { ok } = await at.patch(key, { ttl: "PT0.05S" });
  while ((await at.get(key, "?peek=true")).ok) await sleep(20);
  return { ok };
}
