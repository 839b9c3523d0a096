import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dumpOf, filesBelow, freshCanary, freshDigits, leaks } from "../support/canary.ts";
import { type Answer, type Kv, kvAt } from "../support/kv.ts";
import { type Collector, startCollector } from "../support/otlp.ts";
import { PAIRS, type RunningService, type StoragePair, startService } from "../support/service.ts";

const NAMESPACE = "canary.team";
const ENVELOPE = "application/vnd.namespace-kv.entry+json";
const word = freshCanary();
const digits = freshDigits();
/** A year that no clock shows, so that dates can be looked for. */
const date = "7319-02-03";
const hours = "731928465";
const SECRETS = [word, digits, date, hours];

/** One value of each type, and each of the ways in which one can be written. */
const VALUES: Readonly<Record<string, string>> = {
  STRING: JSON.stringify(`a ${word} b`),
  NUMBER: `-${digits}.50`,
  DATE: `"${date}"`,
  DATETIME: `"${date}T04:05:06.789Z"`,
  DURATION: `"PT${hours}H"`,
  JSON: `{"${word}": ["${word}", ${digits}]}`,
};

for (const { pair, skip, open } of PAIRS)
  describe.skipIf(skip)(`a canary among the values, ${pair}`, () => {
    let storage: StoragePair;
    let service: RunningService;
    let collector: Collector;
    let kv: Kv;
    /** Everything that came back besides values: heads of all answers, and bodies of those that carry none. */
    const told: string[] = [];

    beforeAll(async () => {
      [storage, collector] = await Promise.all([open(), startCollector()]);
      const env = { ...storage.env, ...collector.env, NSKV_LOG_LEVEL: "trace", NSKV_SWEEP_SECONDS: "0.2" };
      service = await startService({ ...storage, env });
      kv = kvAt(service.address, NAMESPACE);
    });
    afterAll(async () => {
      await service?.stop();
      await collector?.close();
      await storage?.drop();
    });

    /** Keeps what an answer tells, and answers its status. */
    async function tell(asked: Promise<Answer>): Promise<number> {
      const answer = await asked;
      told.push(JSON.stringify([...answer.headers]), await answer.text());
      return answer.status;
    }
    const entry = (key: string, fields: object | string, method = "PUT") =>
      kv.send(method, `/namespaces/${NAMESPACE}/kv/${key}`, {
        body: typeof fields === "string" ? fields : JSON.stringify(fields),
        headers: { "Content-Type": ENVELOPE },
      });
    const batch = (body: object | string) =>
      kv.send("POST", `/namespaces/${NAMESPACE}/kv:batch`, {
        body: typeof body === "string" ? body : JSON.stringify(body),
      });

    it.each(Object.entries(VALUES))("a %s is written by every door and read by every door", async (type, value) => {
      const parsed = `{"type": "${type}", "value": ${value}}`;
      expect(await tell(kv.put(`put-${type}`, value, `?type=${type}`))).toBe(200);
      expect(await tell(kv.put(`put-${type}`, value, "", { Authorization: `Bearer ${word}` }))).toBe(200);
      expect(await tell(entry(`entry-${type}`, parsed))).toBe(200);
      expect(await tell(entry(`entry-${type}`, parsed, "PATCH"))).toBe(200);
      expect(
        await tell(
          batch(`{"operations": [{"op": "put", "key": "batch-${type}", "type": "${type}", "value": ${value}}]}`),
        ),
      ).toBe(200);
      expect(
        await tell(
          batch(
            `{"atomic": true, "operations": [{"op": "put", "key": "all-${type}", "type": "${type}", "value": ${value}}]}`,
          ),
        ),
      ).toBe(200);
      const raw = await (await kv.get(`put-${type}`, "?raw=true")).text();
      expect(leaks(raw, SECRETS)).not.toEqual([]); // it is found where it is
      for (const key of [`entry-${type}`, `batch-${type}`, `all-${type}`])
        expect(leaks(await (await kv.get(key)).text(), SECRETS)).not.toEqual([]);
      expect(await tell(kv.send("HEAD", `/namespaces/${NAMESPACE}/kv/put-${type}`))).toBe(200);
      expect(await tell(kv.send("GET", `/namespaces/${NAMESPACE}/kv/put-${type}/revisions`))).toBe(200);
    });

    it("text without quotes, a large body of unknown length, a body that breaks off", async () => {
      expect(await tell(kv.put("bare", `${word} as it is`))).toBe(200);
      const chunks = async function* () {
        yield Buffer.from(`["${word}", "`);
        for (let n = 0; n < 40; n++) yield Buffer.alloc(8_192, "x");
        yield Buffer.from(`", "${word}"]`);
      };
      const flowing = {
        body: ReadableStream.from(chunks()) as ReadableStream<Uint8Array>,
        duplex: "half",
      } as RequestInit;
      expect(await tell(kv.send("PUT", `/namespaces/${NAMESPACE}/kv/large`, flowing))).toBe(200);
      const { hostname, port } = new URL(service.address);
      const broken = connect(Number(port), hostname);
      const head = `PUT /api/v1/main/namespaces/${NAMESPACE}/kv/broken HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n`;
      broken.write(`${head}"${word} ${"x".repeat(100_000)}`);
      await sleep(200);
      broken.destroy();
    });

    it.each([
      ["JSON that does not end", `{"a": "${word}`, "", {}],
      ["JSON with something behind it", `{"a": 1} ${word}`, "", {}],
      ["JSON with a bad number", `[1, ${digits}x]`, "", {}],
      ["an escape that is none", `"${word} \\q ${word}"`, "", {}],
      ["a string that is no number", `"${word}"`, "?type=NUMBER", {}],
      ["text that is no boolean", word, "?type=BOOLEAN", {}],
      ["text that is no date", word, "?type=DATE", {}],
      ["text that is no instant", word, "?type=DATETIME", {}],
      ["text that is no duration", word, "?type=DURATION", {}],
      ["text that is no JSON", word, "?type=JSON", {}],
      ["a TTL that is too long", `"${word}"`, "?ttl=P200Y", {}],
      ["an end that is past", `"${word}"`, "?expiresAt=2001-01-01T00:00:00Z", {}],
      ["a parameter that there is not", `"${word}"`, `?value=${word}`, {}],
      ["an ETag that is not the current one", `"${word}"`, "", { "If-Match": '"other"' }],
      ["a key that exists", `"${word}"`, "", { "If-None-Match": "*" }],
      ["no overwriting", `"${word}"`, "?overwrite=false", {}],
      ["a condition that cannot be read", `"${word}"`, "", { "If-Match": word.slice(0, 3) }],
      ["large JSON that is wrong at its end", `["${word}", "${"x".repeat(200_000)}", ${word}]`, "", {}],
    ])("a refused PUT does not repeat it: %s", async (_, body, query, headers) => {
      await kv.put("taken", "1");
      expect(await tell(kv.put("taken", body, query, headers))).toBeGreaterThanOrEqual(400);
    });

    it.each([
      ["an entry that is no JSON", () => entry("taken", `{"value": "${word}`)],
      ["an entry with a strange field", () => entry("taken", { value: word, unknown: word })],
      ["an entry of another type", () => entry("taken", { type: "NUMBER", value: word })],
      ["a type that there is not", () => entry("taken", `{"type": "TEXT", "value": "${word}"}`)],
      ["a PATCH that is no JSON", () => kv.patch("taken", `{"value": ${word}}`)],
      ["a PATCH of another type", () => kv.patch("taken", { value: word })],
      ["a PATCH of what is not there", () => kv.patch("nothing", { value: word })],
      [
        "a PATCH with a TTL that is none",
        () => kv.patch("taken", `{"value": 1, "ttl": "P200Y", "description": ${digits}}`),
      ],
      ["a batch that is no JSON", () => batch(`{"operations": [{"op": "put", "value": "${word}`)],
      ["a batch with a strange operation", () => batch({ operations: [{ op: "move", key: "k", value: word }] })],
      [
        "a batch of all or none",
        () => batch({ atomic: true, operations: [{ op: "put", key: "taken", value: word, ifNoneMatch: "*" }] }),
      ],
    ])("a refused body does not repeat it: %s", async (_, send) => {
      await kv.put("taken", "1");
      await tell(send());
      // Of the whole request, or of one operation in it.
      expect(told.at(-1)).toMatch(/"status":4/);
    });

    it("a repeat with another value, a restore, a deletion, an expiry, a purge", async () => {
      const once = { "Idempotency-Key": "once" };
      expect(await tell(kv.put("once", `"${word}"`, "", once))).toBe(200);
      expect(await tell(kv.put("once", `"${word} other"`, "", once))).toBeGreaterThanOrEqual(400);
      expect(await tell(kv.delete("once"))).toBe(200);
      expect(await tell(kv.send("POST", `/namespaces/${NAMESPACE}/kv/once/revisions/1/restore`))).toBe(200);
      expect(await tell(kv.put("short", `"${word}"`, "?ttl=PT0.05S"))).toBe(200);
      await sleep(100);
      expect(await tell(kv.get("short"))).toBe(410);
      const doomed = { body: JSON.stringify({ expiredOnly: false, prefix: "put-STRING" }) };
      expect(await tell(kv.send("POST", `/namespaces/${NAMESPACE}/kv:purge`, doomed))).toBe(200);
      expect(await tell(kv.send("GET", `/namespaces/${NAMESPACE}/kv?expired=true`))).toBe(200);
      const lost = { op: "put", key: "taken", value: word, ifNoneMatch: "*" };
      expect(await tell(batch({ operations: [lost] }))).toBe(200);
    });

    it("is in no refusal and no other answer that carries no value", () => {
      expect(told.length).toBeGreaterThan(100);
      expect(told.join("\n")).toContain('"status":412');
      expect(leaks(told.join("\n"), SECRETS)).toEqual([]);
    });

    it("is in no metric", async () => {
      const text = await (await fetch(`${service.address}/metrics`)).text();
      expect(text).toContain('nskv_http_requests_total{method="PATCH"');
      expect(leaks(text, SECRETS)).toEqual([]);
    });

    it("is in no row of Postgres, the system's own tables among them", async () => {
      const url = storage.env["NSKV_DATABASE_URL"];
      if (url === undefined) return; // the embedded one is looked at below, byte by byte
      const dump = await dumpOf(url);
      expect(dump).toContain("put-NUMBER"); // a key: the rows are there
      expect(dump).toContain("pg_catalog.pg_stat_activity\n");
      expect(leaks(dump, SECRETS)).toEqual([]);
    });

    it("is in no line of the log and in no trace, once all of both is written", async () => {
      await service.stop();
      const log = service.log();
      expect(log).toContain('"msg":"stopped"');
      expect(log.split('"msg":"request"').length).toBeGreaterThan(100);
      expect(log).toContain('"fault":"invalid_value"');
      expect(leaks(log, SECRETS)).toEqual([]);
      expect(collector.spans().length).toBeGreaterThan(200);
      expect(leaks(collector.text(), SECRETS)).toEqual([]);
    });

    it("is in no byte of the embedded database's files, its log among them, and is in the objects", async () => {
      const folder = storage.flags[1];
      if (folder === undefined) return; // on real servers these are not ours to read
      const metadata = await filesBelow(join(folder, "metadata"));
      expect(metadata).toContain("put-NUMBER");
      expect(leaks(metadata, SECRETS)).toEqual([]);
      expect(leaks(await filesBelow(join(folder, "objects")), SECRETS)).not.toEqual([]);
    });
  });
