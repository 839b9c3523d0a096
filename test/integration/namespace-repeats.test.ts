import { expect, it } from "vitest";
import { freshNamespace, kvAt } from "../support/kv.ts";
import { startService } from "../support/service.ts";
import { onEachPair } from "./pairs.ts";

type Json = Record<string, unknown>;

onEachPair("repeated changes of a namespace", ({ service, pair, restart }) => {
  const send = async (
    method: string,
    path: string,
    key: string | undefined,
    body?: object,
    headers: Record<string, string> = {},
    address = service().address,
  ) => {
    const answer = await kvAt(address, "unused").send(method, `/namespaces${path}`, {
      headers: { "Content-Type": "application/json", ...(key && { "Idempotency-Key": key }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      etag: answer.headers.get("etag"),
      body: text === "" ? {} : (JSON.parse(text) as Json),
    };
  };
  const revisionOf = async (id: string) => (await send("GET", `/${id}`, undefined)).body["revision"];

  it("POST, PUT and PATCH answer what they answered first, also after a restart", async () => {
    const id = freshNamespace();
    const changes = [
      ["POST", "", { id, description: "made", variables: { n: "1.00" } }, {}],
      ["PUT", `/${id}`, { description: "put" }, { "If-Match": "*" }],
      ["PATCH", `/${id}`, { labels: { a: "b" } }, {}],
    ] as const;
    const first = [];
    for (const [method, path, body, headers] of changes) first.push(await send(method, path, method, body, headers));
    expect(first.map(({ status, body }) => [status, body["revision"]])).toEqual([
      [200, 1],
      [200, 2],
      [200, 3],
    ]);
    const again = async () => {
      const answers = [];
      for (const [method, path, body, headers] of changes)
        answers.push(await send(method, path, method, body, headers));
      return answers;
    };
    expect(await again()).toEqual(first);
    await restart("kill");
    expect(await again()).toEqual(first);
    expect(await revisionOf(id)).toBe(3);
  });

  it("a condition that held once need not hold for the repeat", async () => {
    const id = freshNamespace();
    const { etag } = await send("POST", "", undefined, { id });
    const patch = () => send("PATCH", `/${id}`, "patch", { description: "mine" }, { "If-Match": `${etag}` });
    const first = await patch();
    await send("PATCH", `/${id}`, undefined, { description: "theirs" });
    expect(await patch()).toEqual(first);
    expect(await revisionOf(id)).toBe(3);
  });

  it("a repeated DELETE leaves alone what was made since", async () => {
    const id = freshNamespace();
    await send("POST", "", undefined, { id });
    const remove = (query = "") => send("DELETE", `/${id}${query}`, "delete");
    expect((await remove()).status).toBe(204);
    expect((await remove()).status).toBe(204);
    await send("POST", "", undefined, { id, description: "anew" });
    expect((await remove()).status).toBe(204);
    expect((await send("GET", `/${id}`, undefined)).body["description"]).toBe("anew");
    expect((await remove("?force=true")).body["type"]).toBe("/problems/idempotency-key-reused");
    expect((await send("DELETE", `/${id}`, "another")).status).toBe(204);
  });

  it("the key of another request is refused, and one of another namespace is free", async () => {
    const id = freshNamespace();
    await send("PUT", `/${id}`, "key", { description: "one" });
    for (const [method, body] of [
      ["PUT", { description: "two" }],
      ["PATCH", { description: "one" }],
      ["DELETE", undefined],
    ] as const)
      expect(await send(method, `/${id}`, "key", body)).toMatchObject({
        status: 422,
        body: { type: "/problems/idempotency-key-reused" },
      });
    expect(await revisionOf(id)).toBe(1);
    expect((await send("PUT", `/${freshNamespace()}`, "key", { description: "two" })).status).toBe(200);
  });

  it("a refusal is not kept", async () => {
    const id = freshNamespace();
    const patch = () => send("PATCH", `/${id}`, "key", { description: "d" });
    expect((await patch()).status).toBe(404);
    await send("POST", "", undefined, { id });
    expect(await patch()).toMatchObject({ status: 200, body: { revision: 2 } });
  });

  it("of many at once one is made, and all are told of it, by two replicas where there can be two", async () => {
    const storage = pair();
    const second = storage.flags.length === 0 ? await startService(storage) : undefined;
    try {
      for (const [method, body] of [
        ["POST", { description: "d" }],
        ["PUT", { description: "d" }],
        ["PATCH", { labels: { a: "b" } }],
        ["DELETE", undefined],
      ] as const) {
        const id = freshNamespace();
        if (method !== "POST") await send("POST", "", undefined, { id });
        const path = method === "POST" ? "" : `/${id}`;
        const sent = method === "POST" ? { id, ...body } : body;
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, n) =>
            send(method, path, "key", sent, {}, (n % 2 ? second : service())?.address ?? service().address),
          ),
        );
        expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
        expect(answers[0]?.status).toBe(method === "DELETE" ? 204 : 200);
        if (method !== "DELETE") expect(await revisionOf(id)).toBe(method === "POST" ? 1 : 2);
      }
    } finally {
      await second?.stop();
    }
  });
});
