import { expect, it } from "vitest";
import { createKey, patchKey, readKey } from "../../api/client.ts";
import { ENVELOPE_BYTES_MAX } from "../../api/limits.ts";
import { freshNamespace, kvAt } from "../support/kv.ts";
import { apiAt } from "../support/workers.ts";
import { onEachSinglePair } from "./pairs.ts";

const signal = AbortSignal.timeout(120_000);
const ENVELOPE = { "Content-Type": "application/vnd.namespace-kv.entry+json" };
const LONG = ENVELOPE_BYTES_MAX + 1_000;
const text = (fill: string) => JSON.stringify(fill.repeat(LONG / fill.length));

onEachSinglePair("an envelope that is too long for memory", ({ service }) => {
  it("creates and changes a key like any other, with all that it says and every byte", async () => {
    const api = apiAt(service().address);
    const at = { namespace: freshNamespace(), key: "long" };
    // Not compared by the matcher: it would print all of them.
    const holds = async (expected: string) => {
      const read = await readKey(api, at, signal);
      return read.state === "live" && read.value === expected;
    };
    const value = `[1.10, ${text('é"')}]`;
    const said = { type: "JSON", description: "d", labels: { team: "data" }, secret: true, ttl: "P1D" };
    const made = await createKey(api, at, { ...said, value }, "one", signal);
    expect(made).toMatchObject({ ...said, ttl: "PT24H", revision: 1, size: Buffer.byteLength(value) });
    expect(await holds(value)).toBe(true);
    const other = text("y");
    const patched = await patchKey(api, at, { value: other, type: "STRING" }, made.etag, "two", signal);
    expect(patched).toMatchObject({ type: "STRING", revision: 2, description: "d", labels: { team: "data" } });
    expect(await holds(other)).toBe(true);
    const stale = patchKey(api, at, { value, type: "JSON" }, made.etag, "three", signal);
    await expect(stale).rejects.toMatchObject({ problem: { type: "/problems/stale", current: { revision: 2 } } });
    await expect(createKey(api, at, { ...said, value }, "four", signal)).rejects.toMatchObject({
      problem: { type: "/problems/already-exists" },
    });
  });

  it.each([
    {
      what: "a value that is not the last",
      body: () => `{"type":"STRING","value":${text("x")},"secret":true}`,
      status: 400,
      field: "body",
    },
    {
      what: "a type that comes behind the value",
      body: () => `{"value":${text("x")},"type":"STRING"}`,
      status: 422,
      field: "type",
    },
    { what: "no type beside the value", body: () => `{"value":${text("x")}}`, status: 422, field: "type" },
    {
      what: "a member that there is not",
      body: () => `{"typ":"STRING","value":${text("x")}}`,
      status: 422,
      field: "typ",
    },
    { what: "no value", body: () => `{"type":"STRING","description":${text("x")}}`, status: 400, field: "body" },
    {
      what: "a value that is no JSON",
      body: () => `{"type":"JSON","value":[${text("x")},]}`,
      status: 422,
      field: "value",
    },
    {
      what: "a value that does not fit its type",
      body: () => `{"type":"JSON","value":01${text("x")}}`,
      status: 422,
      field: "value",
    },
    {
      what: "more behind its end",
      body: () => `{"type":"STRING","value":${text("x")}} {}`,
      status: 400,
      field: "body",
    },
    { what: "no end", body: () => `{"type":"STRING","value":${text("x")}`, status: 400, field: "body" },
    { what: "no object", body: () => `[${text("x")}]`, status: 400, field: "body" },
  ])("with $what is refused, and nothing is stored", async ({ body, status, field }) => {
    const at = kvAt(service().address, freshNamespace());
    const answer = await at.put("k", body(), "", ENVELOPE);
    expect([answer.status, (await answer.json()).field]).toEqual([status, field]);
    expect((await at.get("k")).status).toBe(404);
  });
});
