import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshNamespace, type Kv, kvAt } from "../support/kv.ts";
import { type Collector, type Span, startCollector } from "../support/otlp.ts";
import { PAIRS, type RunningService, type StoragePair, startService } from "../support/service.ts";

const ROUTE = "/api/v1/:tenant/namespaces/:namespace/kv/:key";
/** From the standard: a sampled trace of somebody else. */
const CALLER = { trace: "0af7651916cd43dd8448eb211c80319c", span: "b7ad6b7169203331" };

for (const { pair, skip, open } of PAIRS)
  describe.skipIf(skip)(`traces, ${pair}`, () => {
    let storage: StoragePair;
    let service: RunningService;
    let collector: Collector;
    let kv: Kv;
    beforeAll(async () => {
      [storage, collector] = await Promise.all([open(), startCollector()]);
      service = await startService({ ...storage, env: { ...storage.env, ...collector.env } });
      kv = kvAt(service.address, freshNamespace());
    });
    afterAll(async () => {
      await service?.stop();
      await collector?.close();
      await storage?.drop();
    });

    /** The server's span of one request, once it has come. */
    async function spanOf(requestId: string): Promise<Span> {
      const found = () => collector.spans().find((span) => attributesOf(span)["nskv.request_id"] === requestId);
      await expect.poll(found, { timeout: 30_000 }).toBeDefined();
      return found() as Span;
    }
    const childrenOf = (parent: Span) =>
      expect.poll(
        () =>
          collector
            .spans()
            .filter((span) => span.parentSpanId === parent.spanId)
            .map(({ name }) => name),
        {
          timeout: 30_000,
        },
      );

    it("a PUT goes on with its caller's trace, and has its upload and its statement below it", async () => {
      const traceparent = `00-${CALLER.trace}-${CALLER.span}-01`;
      const answer = await kv.put("k", "1", "", { traceparent });
      const span = await spanOf(`${answer.headers.get("x-request-id")}`);
      expect(span).toMatchObject({
        traceId: CALLER.trace,
        parentSpanId: CALLER.span,
        kind: 2,
        name: `PUT ${ROUTE}`,
      });
      expect(attributesOf(span)).toMatchObject({
        "http.request.method": "PUT",
        "http.route": ROUTE,
        "http.response.status_code": 200,
      });
      await childrenOf(span).toEqual(["object put", "commit"]);
      const commit = collector.spans().find(({ name, traceId }) => name === "commit" && traceId === CALLER.trace);
      expect(commit?.kind).toBe(3);
      expect(attributesOf(commit as Span)).toEqual({ "db.system.name": "postgresql", "db.query.summary": "commit" });
    });

    it("a GET without a caller's trace begins one, and has its look-up below it", async () => {
      await kv.put("k", "1");
      const answer = await kv.get("k");
      const span = await spanOf(`${answer.headers.get("x-request-id")}`);
      expect(span.parentSpanId ?? "").toBe("");
      expect(span.name).toBe(`GET ${ROUTE}`);
      await childrenOf(span).toEqual(["find"]);
    });

    it("a refusal has its status, and is no error of the service", async () => {
      const answer = await kv.get("missing");
      const span = await spanOf(`${answer.headers.get("x-request-id")}`);
      expect(attributesOf(span)["http.response.status_code"]).toBe(404);
      expect(span.status.code ?? 0).toBe(0);
    });

    it("look-ups that share a statement: it is below one of the requests and linked to the others", async () => {
      // What has an end is asked for each time: the embedded store answers other keys from memory while nothing changes.
      await kv.put("k", "1", "?ttl=PT1H");
      const answers = await Promise.all(Array.from({ length: 30 }, () => kv.get("k")));
      const spans = await Promise.all(answers.map((answer) => spanOf(`${answer.headers.get("x-request-id")}`)));
      const ids = new Set(spans.map(({ spanId }) => spanId));
      const finds = () =>
        collector.spans().filter(({ name, parentSpanId }) => name === "find" && ids.has(`${parentSpanId}`));
      const named = () =>
        finds().flatMap((find) => [find.parentSpanId, ...(find.links ?? []).map(({ spanId }) => spanId)]);
      await expect.poll(() => named().length, { timeout: 30_000 }).toBe(30);
      expect(new Set(named())).toEqual(ids);
      expect(finds().length).toBeLessThan(30);
    });
  });

it("a collector that is away is told of in the log, and keeps nobody from being answered", async () => {
  const storage = await PAIRS[0]?.open();
  if (!storage) throw new Error("There is no storage pair.");
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
    OTEL_BSP_SCHEDULE_DELAY: "100",
    OTEL_EXPORTER_OTLP_TIMEOUT: "500",
  };
  const service = await startService({ ...storage, env });
  try {
    expect((await kvAt(service.address, freshNamespace()).put("k", "1")).status).toBe(200);
    await expect.poll(() => service.log(), { timeout: 30_000 }).toContain("traces are in trouble");
  } finally {
    expect(await service.stop()).toBe(0);
    await storage.drop();
  }
});

function attributesOf({ attributes }: Span): Record<string, unknown> {
  const plain = ({ intValue, ...value }: Readonly<Record<string, unknown>>) =>
    intValue === undefined ? Object.values(value)[0] : Number(intValue);
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}
