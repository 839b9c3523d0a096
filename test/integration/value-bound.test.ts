import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openS3 } from "../../service/objects/s3.ts";
import { freshNamespace, type Kv, kvAt } from "../support/kv.ts";
import { type RunningService, type StoragePair, startService } from "../support/service.ts";
import { onEachPair } from "./pairs.ts";

const BYTES_MAX = 200_000;

/** Everything below the folder or the bucket that has to do with a namespace, what is unfinished included. */
async function objectsOf({ env, flags }: StoragePair, namespace: string): Promise<string[]> {
  const folder = flags[1];
  if (folder !== undefined) {
    const files = await readdir(join(folder, "objects"), { recursive: true, withFileTypes: true });
    const names = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
    return names.filter((name) => name.includes(`/${namespace}/`) || /\.(tmp|part)/.test(name));
  }
  const s3 = await openS3({
    endpoint: `${env["NSKV_S3_ENDPOINT"]}`,
    bucket: `${env["NSKV_S3_BUCKET"]}`,
    accessKey: `${env["NSKV_S3_ACCESS_KEY"]}`,
    secretKey: `${env["NSKV_S3_SECRET_KEY"]}`,
    region: `${env["NSKV_S3_REGION"]}`,
  });
  try {
    const names: string[] = [];
    for await (const name of s3.list(`main/${namespace}/`)) names.push(name);
    return names;
  } finally {
    await s3.close();
  }
}

onEachPair("a bound on values", ({ pair }) => {
  let storage: StoragePair;
  let service: RunningService;
  beforeAll(async () => {
    const { env, flags, drop } = pair();
    storage = {
      env: { ...env, NSKV_VALUE_BYTES_MAX: `${BYTES_MAX}` },
      flags: flags.map((flag) => (flag.startsWith("/") ? `${flag}-bound` : flag)),
      drop,
    };
    service = await startService(storage);
  });
  afterAll(async () => void (await service?.stop()));

  const flowing = (bytes: number): RequestInit => ({
    body: ReadableStream.from(
      (async function* () {
        for (let sent = 0; sent < bytes; sent += 20_000) yield Buffer.alloc(Math.min(20_000, bytes - sent), "x");
      })(),
    ) as ReadableStream<Uint8Array>,
    ...({ duplex: "half" } as object),
  });
  const list = async (at: Kv, namespace: string) =>
    (await at.send("GET", `/namespaces/${namespace}/kv`)).json<unknown[]>();
  const envelope = { "Content-Type": "application/vnd.namespace-kv.entry+json" };
  const text = (length: number) => `"${"x".repeat(length - 2)}"`;

  it.each([
    { what: "its length announced", put: (at: Kv) => at.put("k", text(BYTES_MAX + 1)) },
    { what: "its length not announced", put: (at: Kv, path: string) => at.send("PUT", path, flowing(5 * BYTES_MAX)) },
    { what: "text that is longer once it is escaped", put: (at: Kv) => at.put("k", `x${'"'.repeat(BYTES_MAX / 2)}`) },
    { what: "an envelope", put: (at: Kv) => at.put("k", `{"value":${text(BYTES_MAX + 1)}}`, "", envelope) },
    { what: "a PATCH", put: (at: Kv) => at.patch("old", `{"value":${text(BYTES_MAX + 1)}}`) },
  ])("refuses a longer value and keeps nothing of it: $what", async ({ put }) => {
    const namespace = freshNamespace();
    const at = kvAt(service.address, namespace);
    await at.put("old", "1");
    const before = await objectsOf(storage, namespace);
    const answer = await put(at, `/namespaces/${namespace}/kv/k`);
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({
      type: "/problems/value-too-large",
      detail: expect.stringContaining(`${BYTES_MAX} bytes`),
      remedy: expect.stringContaining("NSKV_VALUE_BYTES_MAX"),
    });
    expect(await objectsOf(storage, namespace)).toEqual(before);
    expect(await list(at, namespace)).toHaveLength(1);
  });

  it("takes a value of exactly the bound, and all that is around it may be longer", async () => {
    const namespace = freshNamespace();
    const at = kvAt(service.address, namespace);
    expect((await at.put("k", text(BYTES_MAX))).status).toBe(200);
    const labels = { a: "x".repeat(1_000) };
    const body = JSON.stringify({ labels }).replace(/}$/, `,"value":${text(BYTES_MAX)}}`);
    expect((await at.put("k", body, "", envelope)).status).toBe(200);
    expect((await at.send("PUT", `/namespaces/${namespace}/kv/k`, flowing(BYTES_MAX - 2))).status).toBe(200);
  });

  it.each([false, true])("in a batch (atomic: %s) it is the operation that is refused", async (atomic) => {
    const namespace = freshNamespace();
    const at = kvAt(service.address, namespace);
    const put = (key: string, length: number) => `{"op":"put","key":"${key}","value":${text(length)}}`;
    const operations = [put("a", 10), put("b", BYTES_MAX + 1), put("c", BYTES_MAX)];
    const body = `{"atomic":${atomic},"operations":[${operations.join(",")}]}`;
    const answer = await at.send("POST", `/namespaces/${namespace}/kv:batch`, { body });
    type Refused = { status: number; problem: { type: string } };
    const told = await answer.json<{ results?: Refused[]; operations?: Refused[] }>();
    const refused = (told.operations ?? told.results ?? []).filter(({ status }) => status !== 200);
    expect(refused).toMatchObject([{ status: 413, problem: { type: "/problems/value-too-large" } }]);
    expect(await list(at, namespace)).toHaveLength(atomic ? 0 : 2);
    if (atomic) expect(await objectsOf(storage, namespace)).toEqual([]);
  });

  it("holds for what is imported, large or small", async () => {
    const [at, namespace] = [kvAt(service.address, freshNamespace()), freshNamespace()];
    for (const length of [BYTES_MAX + 1, 3 * BYTES_MAX]) {
      const body = JSON.stringify({ key: "large", type: "STRING", value: "x".repeat(length) });
      const answer = await at.send("POST", `/namespaces/${namespace}/kv:import?format=ndjson`, { body });
      expect(await answer.text()).toContain("value-too-large");
      expect(await list(at, namespace)).toEqual([]);
    }
  });

  it("an announced length is refused before the body is sent", async () => {
    const { hostname, port } = new URL(service.address);
    const asked = request({
      hostname,
      port,
      method: "PUT",
      path: `/api/v1/main/namespaces/${freshNamespace()}/kv/k`,
      headers: { "Content-Length": 1e12 },
    });
    asked.on("error", () => undefined); // the service may hang up, since it does not want the rest
    asked.flushHeaders();
    const [answer] = await once(asked, "response");
    expect(answer.statusCode).toBe(413);
    asked.destroy();
    expect((await fetch(`${service.address}/healthz`)).status).toBe(200);
  });
});
