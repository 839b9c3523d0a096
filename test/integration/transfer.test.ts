import { once } from "node:events";
import { connect } from "node:net";
import { expect, it } from "vitest";
import type { Members } from "../support/kv.ts";
import { growthDuring, type ImportAnswer, type Transfer, transferAt } from "../support/transfer.ts";
import { onEachPair } from "./pairs.ts";

const ENTRY = { "Content-Type": "application/vnd.namespace-kv.entry+json" };
const FAR = "2999-12-31T23:59:59.123456Z";

/** Values whose bytes matter, by the types that they have. */
const VALUES: readonly (readonly [key: string, query: string, body: string])[] = [
  ["number", "", "123456789012345678901234567890.10"],
  ["big", "", "1e400"],
  ["flag", "?description=On%20or%20off", "true"],
  ["text", "", '"caf\\u00e9 \\ud800"'],
  ["P1D", "?type=STRING", "P1D"],
  ["wait", "?ttl=P1D", "PT90M"],
  ["day", `?expiresAt=${FAR}`, "2021-09-01"],
  ["time", "", "2021-09-01T03:02:03.10+02:00"],
  ["document", "", '{"b": 1.00,\n "a":[ ]}\n'],
  ["nothing", "", "null"],
  ["é/ ..", "", " 42 "],
  ["__proto__", "", '"polluted"'],
  ["long", "?type=STRING", "x".repeat(70_000)],
];

const linesOf = (text: string): Members[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Members);

onEachPair("import and export", ({ service }) => {
  const open = (namespace?: string) => transferAt(service().address, namespace);

  async function filled(): Promise<Transfer> {
    const from = open();
    for (const [key, query, body] of VALUES) expect((await from.at.put(key, body, query)).status).toBe(200);
    const all = '{"value": [1.0], "labels": {"team": "data"}, "secret": true, "ttl": "PT1H", "description": "d"}';
    expect((await from.at.put("whole", all, "", ENTRY)).status).toBe(200);
    return from;
  }

  async function shown({ at, namespace }: Transfer): Promise<readonly unknown[]> {
    const list = await (await at.send("GET", `/namespaces/${namespace}/kv`)).json<Members[]>();
    return Promise.all(
      list.map(async ({ key, type, ttl, expirationDate, ...rest }) => {
        const { description, labels, secret } = rest as unknown as Record<string, unknown>;
        const raw = await (await at.get(key, "?raw=true")).text();
        return { key, type, ttl, expirationDate, description, labels, secret, raw };
      }),
    );
  }

  it("what NDJSON carries elsewhere is the same in every field and every byte, and done again changes nothing", async () => {
    const [from, to] = [await filled(), open()];
    const exported = await from.export();
    expect(Object.fromEntries(exported.headers)).toMatchObject({
      "content-type": "application/x-ndjson",
      "content-disposition": `attachment; filename="${from.namespace}.ndjson"`,
    });
    const body = await exported.text();
    const dry = await (await to.import(body, "?format=ndjson&dryRun=true")).json<ImportAnswer>();
    expect(dry).toMatchObject({ dryRun: true, done: true, added: VALUES.length + 1, same: 0, failed: 0 });
    expect(await shown(to)).toEqual([]);
    expect(await (await to.import(body)).json()).toMatchObject({ added: VALUES.length + 1, changed: 0, failed: 0 });
    expect(await shown(to)).toEqual(await shown(from));
    const again = await (await to.import(body, "", { "Content-Type": "application/x-ndjson" })).json<ImportAnswer>();
    expect(again).toMatchObject({ added: 0, changed: 0, same: VALUES.length + 1, entries: [] });
    expect((await (await to.at.get("number")).json()).revision).toBe(1);
  });

  it("a POST exports the same, and a filter in its body is refused and not passed over", async () => {
    const { at, namespace, ...from } = await filled();
    const post = (body: string) => at.send("POST", `/namespaces/${namespace}/kv:export?format=json`, { body });
    expect(await (await post("")).text()).toBe(await (await from.export("?format=json")).text());
    expect((await post("{}")).status).toBe(200);
    const refused = await post('{"prefix": "n"}');
    expect([refused.status, (await refused.json<Members>()).field]).toEqual([400, "body"]);
  });

  it.each(["json", "yaml", "csv"])("%s brought back where it came from changes nothing", async (format) => {
    const from = await filled();
    // Half of a surrogate pair has no UTF-8, which a cell of a CSV would need.
    if (format === "csv") await from.at.put("text", '"caf\\u00e9"');
    const body = await (await from.export(`?format=${format}`)).text();
    const same = await (await from.import(body, `?format=${format}`)).json<ImportAnswer>();
    expect(same).toMatchObject({ same: VALUES.length + 1, added: 0, changed: 0, failed: 0 });
    const to = open();
    expect(await (await to.import(body, `?format=${format}`)).json()).toMatchObject({ added: VALUES.length + 1 });
    expect(await (await to.at.get("number", "?raw=true")).text()).toBe("123456789012345678901234567890.10");
  });

  it("dotenv holds keys that are names, refuses the others by name, or leaves them out", async () => {
    const from = open();
    await from.at.put("PORT", "8080");
    await from.at.put("GREETING", 'it\'s "so"\n', "?type=STRING");
    await from.at.put("not/a name", "1");
    const refused = await from.export("?format=dotenv");
    expect([refused.status, (await refused.json()).detail]).toEqual([422, expect.stringContaining('"not/a name"')]);
    const text = await (await from.export("?format=dotenv&skip=true")).text();
    expect(text).toBe('GREETING=`it\'s "so"\n`\nPORT=8080\n# left out: "not/a name"\n');
    // The types that are there are kept; in an empty namespace all are texts.
    expect(await (await from.import(text, "?format=dotenv")).json()).toMatchObject({ same: 2 });
    const to = open();
    expect(await (await to.import(text, "?format=dotenv")).json()).toMatchObject({ added: 2 });
    expect(await (await to.at.get("PORT")).json()).toMatchObject({ type: "STRING", value: "8080" });
  });

  it("Accept chooses a format; filters and history choose what is exported", async () => {
    const from = open();
    for (const value of ["1", "2"]) await from.at.put("a/x", value);
    await from.at.put("b", '"t"');
    await from.at.put("a/gone", "0");
    await from.at.delete("a/gone");
    const json = await from.export("?prefix=a/", { Accept: "text/html, application/json;q=0.9" });
    expect([json.headers.get("content-type"), await json.json()]).toEqual(["application/json", { "a/x": 2 }]);
    expect(await (await from.export("?format=json&type=STRING")).json()).toEqual({ b: "t" });
    const history = linesOf(await (await from.export("?history=true&prefix=a/")).text());
    expect(history).toMatchObject([
      { key: "a/gone", past: "put", revision: 1, value: 0 },
      { key: "a/gone", past: "delete", revision: 2 },
      { key: "a/x", past: "put", revision: 1, value: 1 },
      { key: "a/x", revision: 2, value: 2 },
      { complete: true, lines: 4 },
    ]);
    const body = history.map((line) => `${JSON.stringify(line)}\n`).join("");
    expect(await (await open().import(body)).json()).toMatchObject({ added: 1, history: 3, failed: 0 });
  });

  it("what is there with something else is overwritten, skipped, or ends the import", async () => {
    const to = open();
    await to.at.put("a", "1");
    await to.at.put("b", "1");
    const body = '{"a": 1, "b": 2, "c": 3}';
    const dry = await to.import(body, "?format=json&onConflict=fail&dryRun=true");
    expect(dry.status).toBe(409);
    expect(await dry.json<ImportAnswer>()).toMatchObject({
      type: "/problems/import-conflict",
      import: {
        same: 1,
        added: 1,
        conflicts: 1,
        refused: [{ key: "b", outcome: "conflict", current: { revision: 1 } }],
      },
    });
    const failed = await to.import(body, "?format=json&onConflict=fail");
    expect([failed.status, (await failed.json<ImportAnswer>()).import]).toMatchObject([
      409,
      { done: false, added: 0, left: 1, conflicts: 1 },
    ]);
    expect((await to.at.get("c")).status).toBe(404);
    expect(await (await to.import(body, "?format=json&onConflict=skip")).json()).toMatchObject({
      added: 1,
      skipped: 1,
    });
    expect(await (await to.at.get("b")).json()).toMatchObject({ value: 1 });
    expect(await (await to.import(body, "?format=json")).json()).toMatchObject({ changed: 1, same: 2 });
    expect(await (await to.at.get("b")).json()).toMatchObject({ value: 2, revision: 2 });
  });

  it("with match=etag, only what has not changed since the export is changed", async () => {
    const to = open();
    for (const key of ["a", "b", "c"]) await to.at.put(key, "1");
    const edited = (await (await to.export()).text()).replaceAll('"value":1', '"value":2');
    await to.at.put("b", "7");
    await to.at.delete("c");
    const answer = await to.import(edited, "?format=ndjson&match=etag");
    expect(answer.status).toBe(409);
    const { import: told } = await answer.json<ImportAnswer>();
    expect(told).toMatchObject({ changed: 1, conflicts: 2 });
    expect(told?.refused).toMatchObject([{ key: "b", current: { revision: 2 } }, { key: "c" }]);
    expect(await (await to.at.get("b")).json()).toMatchObject({ value: 7 });
  });

  it("a bad line is named with its rule, and the others are imported", async () => {
    const to = open();
    const body = [
      '{"key": "a", "value": 1}',
      '{"key": "b", "value": "x", "type": "NUMBER"}',
      "",
      '{"key": "", "value": 1}',
      "{not json}",
      '{"key": "c", "value": 1, "ttl": "never"}',
      '{"key": "d", "value": 1, "expiresAt": "2001-01-01T00:00:00Z"}',
      '{"key": "e", "value": 1, "colour": "red"}',
      '{"complete": true, "lines": 99}',
      '{"key": "z", "value": 26}',
    ].join("\n");
    const answer = await to.import(body);
    expect(answer.status).toBe(422);
    const { type, import: told } = await answer.json<ImportAnswer>();
    expect([type, told]).toMatchObject([
      "/problems/import-incomplete",
      { done: true, added: 2, expired: 1, failed: 6 },
    ]);
    expect(told?.refused.map(({ line, key, field }) => [line, key, field])).toEqual([
      [2, "b", "value"],
      [4, "", "key"],
      [5, undefined, "body"],
      [6, "c", "ttl"],
      [8, "e", "colour"],
      [9, undefined, "lines"],
    ]);
    for (const it of told?.refused ?? [])
      expect(it).toMatchObject({ outcome: "failed", detail: expect.any(String), remedy: expect.any(String) });
    expect(await (await to.at.get("z")).json()).toMatchObject({ value: 26 });
  });

  it.each([
    ["?format=json", '{"a": 1, "b"}', 400, "Line 1"],
    ["?format=json", '{"a": 1,\n"b": 2', 400, "Line 2"],
    ["?format=json", "[1]", 400, "Line 1"],
    ["?format=csv", 'key,value\na,1\nb,"x', 400, "never closed"],
    ["?format=csv", "key,colour\na,red", 400, "'value'"],
    ["?format=yaml", "- a\n- b\n", 400, "Line 1"],
    ["?format=xml", "<a/>", 400, "ndjson"],
    ["?format=json&onConflict=merge", "{}", 400, "overwrite"],
    ["?format=json&dryrun=true", "{}", 400, "dryRun"],
    ["", "{}", 415, "text/csv"],
  ])("an import %s of %j is refused with %i", async (query, body, status, rule) => {
    const answer = await open().import(body, query, { "Content-Type": "text/plain" });
    const problem = await answer.json();
    expect([answer.status, problem.detail]).toEqual([status, expect.stringContaining(rule)]);
  });

  it("who accepts NDJSON hears of each entry and each chunk", async () => {
    const to = open();
    await to.at.put("k0", "1");
    const body = Array.from({ length: 1_500 }, (_, n) => `{"key":"k${n}","value":1}\n`).join("");
    const answer = await to.import(`${body}{}`, "?format=ndjson", { Accept: "application/x-ndjson" });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/x-ndjson"]);
    const told = linesOf(await answer.text()) as unknown as ImportAnswer[];
    expect(told).toHaveLength(1_499 + 1 + 3);
    expect(told.filter(({ done }) => done !== undefined)).toMatchObject([
      { added: 999, same: 1, done: false },
      { added: 1_499, failed: 1, done: false },
      { added: 1_499, failed: 1, done: true, problem: { type: "/problems/import-incomplete" } },
    ]);
  });

  it("an upload that breaks off keeps what it brought, and a dry run tells what is missing", async () => {
    const to = open();
    const all = Array.from({ length: 3_000 }, (_, n) => `{"key":"k${n}","value":${n}}\n`).join("");
    const { hostname, port } = new URL(service().address);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.write(
      `POST /api/v1/main/namespaces/${to.namespace}/kv:import?format=ndjson HTTP/1.1\r\nHost: x\r\nContent-Length: ${all.length}\r\n\r\n${all.slice(0, -10_000)}`,
    );
    const count = async () => {
      const dry = await (await to.import(all, "?format=ndjson&dryRun=true")).json<ImportAnswer>();
      expect(dry.changed).toBe(0);
      return dry.same;
    };
    await expect.poll(count, { timeout: 30_000 }).toBeGreaterThanOrEqual(1_000);
    socket.destroy();
    expect(await (await to.import(all)).json()).toMatchObject({ done: true, changed: 0, failed: 0 });
    expect(await count()).toBe(3_000);
  });

  it("an export that cannot go on is refused, or once it flows broken off", async () => {
    const from = open();
    await from.at.put("b", '"\\ud800"');
    const refused = await from.export("?format=csv");
    expect([refused.status, (await refused.json()).detail]).toEqual([422, expect.stringContaining("surrogate")]);
    await from.at.put("a", "x".repeat(200_000));
    const broken = await from.export("?format=csv");
    expect(broken.status).toBe(200);
    await expect(broken.text()).rejects.toThrow();
    await expect.poll(() => service().log()).toContain("surrogate"); // what a child prints comes when it comes
    expect(service().log()).not.toContain("xxxx");
  });

  it("10,000 entries come in few objects, and go out in the order of keys", async () => {
    const to = open();
    const keys = Array.from({ length: 10_000 }, (_, n) => `k${`${n}`.padStart(5, "0")}`);
    const body = keys.map((key) => `${JSON.stringify({ key, value: { key } })}\n`).join("");
    expect(await (await to.import(body)).json()).toMatchObject({ added: 10_000, failed: 0 });
    const list = await (await to.at.send("GET", `/namespaces/${to.namespace}/kv`)).json<{ uri: string }[]>();
    expect(new Set(list.map(({ uri }) => uri)).size).toBeLessThanOrEqual(10);
    const lines = linesOf(await (await to.export()).text());
    expect(lines.at(-1)).toEqual({ complete: true, lines: 10_000 });
    expect(lines.slice(0, -1).map(({ value }) => (value as { key: string }).key)).toEqual(keys);
    expect(await (await to.import(body)).json()).toMatchObject({ same: 10_000 });
  });

  it("a value of 64 MiB goes out and in without the memory for it", async () => {
    const [from, to] = [open(), open()];
    const piece = Buffer.from(`"${"0123456789abcdef".repeat(65_536)}",`);
    const value = Buffer.concat([Buffer.from("["), ...Array.from({ length: 64 }, () => piece), Buffer.from("0]")]);
    const broken = Buffer.concat([value.subarray(0, -1), Buffer.from("\n]")]);
    const growth = await growthDuring(service().pid, async () => {
      await from.at.put("compact", value);
      await from.at.put("with breaks", broken);
      const copied = await to.import((await from.export()).body as ReadableStream<Uint8Array>);
      expect(await copied.json()).toMatchObject({ added: 2, failed: 0 });
      const again = await to.import((await from.export()).body as ReadableStream<Uint8Array>);
      expect(await again.json()).toMatchObject({ same: 2 });
    });
    for (const [key, bytes] of [
      ["compact", value],
      ["with breaks", broken],
    ] as const)
      expect(Buffer.from(await (await to.at.get(key, "?raw=true")).arrayBuffer()).equals(bytes)).toBe(true);
    expect(growth).toBeLessThan(150 * 1_024 * 1_024);
  }, 120_000);
});
