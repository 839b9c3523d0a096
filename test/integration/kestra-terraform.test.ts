import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { freshNamespace } from "../support/kv.ts";
import { onEachPair } from "./pairs.ts";

/** As Kestra's Terraform provider (resource_kv.go, client.go) sends it: the body as it is, without a Content-Type. */
interface Sent {
  readonly base?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const COMPAT = { "X-KV-Compat": "terraform" };

onEachPair("Kestra's Terraform provider", ({ service }) => {
  const send = (method: string, at: string, body?: string, { base = "/api/v1/main", headers = {} }: Sent = {}) =>
    fetch(`${service().address}${base}/namespaces/${at}`, {
      method,
      headers: { "User-Agent": "Go-http-client/1.1", "Accept-Encoding": "gzip", ...headers },
      // Bytes, since a text would bring a Content-Type along.
      ...(body !== undefined && { body: Buffer.from(body) }),
    });
  const read = async (at: string, sent?: Sent) => {
    const answer = await send("GET", at, undefined, sent);
    const { type, value } = (await answer.json()) as { type: string; value: unknown };
    return [answer.status, type, value];
  };

  it.each([
    { base: "/api/v1/main", headers: { Authorization: `Basic ${btoa("admin:secret")}` } },
    { base: "/api/v1", headers: { Authorization: "Bearer some.api.token" } },
    { base: "/api/v1", headers: { Cookie: "JWT=a.b.c", ...COMPAT } },
    { base: "/api/v1/main", headers: { Authorization: "nonsense" } },
  ])("creates, reads, updates and deletes with $headers below $base", async (sent) => {
    const at = `${freshNamespace()}/kv/k`;
    expect((await send("PUT", at, "5", sent)).status).toBe(200);
    expect(await read(at, sent)).toEqual([200, "NUMBER", 5]);
    expect((await send("PUT", at, '"five"', sent)).status).toBe(200);
    expect(await read(at, sent)).toEqual([200, "STRING", "five"]);
    expect((await send("DELETE", at, undefined, sent)).status).toBe(200);
    expect((await read(at, sent))[0]).toBe(404);
    expect((await send("DELETE", at, undefined, sent)).status).toBe(200);
  });

  /** With `type = "STRING"` the provider puts a backslash before each quote, and escapes nothing else. */
  it.each([
    { value: "plain" },
    { value: 'say "hi"' },
    { value: 'two\nlines, "one" quoted' },
    { value: "C:\\dir" },
    { value: 'ends with \\" and a\ttab' },
    // What it makes of this is JSON by chance, and nobody can tell.
    { value: "C:\\temp", found: "C:\temp" },
  ])("a text that it writes as STRING comes back: $value", async ({ value, found }) => {
    const at = `${freshNamespace()}/kv/k`;
    expect((await send("PUT", at, `"${value.replaceAll('"', '\\"')}"`)).status).toBe(200);
    expect(await read(at)).toEqual([200, "STRING", found ?? value]);
  });

  it("the description goes and comes as a header", async () => {
    const at = `${freshNamespace()}/kv/k`;
    const utf8 = Buffer.from("Größe 🙂").toString("latin1"); // Go writes the bytes as they are
    await send("PUT", at, "1", { headers: { description: utf8 } });
    expect((await send("GET", at)).headers.get("description")).toBe(utf8);
    expect(await (await send("GET", at)).json()).toMatchObject({ description: "Größe 🙂" });
    await send("PUT", at, "2");
    expect((await send("GET", at)).headers.get("description")).toBe(utf8);
    await send("PUT", at, "3", { headers: { description: "plain" } });
    expect((await send("GET", at)).headers.get("description")).toBe("plain");
    for (const description of ["two\nlines", "x".repeat(4_000)]) {
      await send("PUT", `${at}?description=${encodeURIComponent(description)}`, "4");
      expect((await send("GET", at)).headers.get("description")).toBeNull();
    }
  });

  it("an expired key is gone when the request says so, and is created again", async () => {
    const at = `${freshNamespace()}/kv/k`;
    await send("PUT", `${at}?ttl=PT0.05S`, "1");
    while ((await send("GET", `${at}?peek=true`)).status === 200) await sleep(20);
    expect((await send("GET", `${at}?peek=true`)).status).toBe(410);
    const gone = await send("GET", at, undefined, { headers: COMPAT });
    expect([gone.status, gone.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    expect(await gone.json()).toMatchObject({
      type: "/problems/not-found",
      message: expect.stringMatching(/^Not Found: No value found for key 'k' in namespace '.+': it expired at \d{4}-/),
    });
    expect((await send("HEAD", `${at}?peek=true`, undefined, { headers: COMPAT })).status).toBe(404);
    expect((await send("PUT", at, "2", { headers: COMPAT })).status).toBe(200);
    expect(await read(at, { headers: COMPAT })).toEqual([200, "NUMBER", 2]);
  });
});
