import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { freshNamespace, kvAt, type Members } from "../support/kv.ts";
import { onEachPair } from "./pairs.ts";

interface Purged {
  readonly keys: number;
  readonly revisions: number;
  readonly objects: number;
  readonly done: boolean;
}

onEachPair("purge", ({ service }) => {
  const open = () => {
    const namespace = freshNamespace();
    const at = kvAt(service().address, namespace);
    const purge = (body?: unknown, headers: Record<string, string> = {}) =>
      at.send("POST", `/namespaces/${namespace}/kv:purge`, {
        headers,
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
    const keys = async () =>
      (await (await at.send("GET", `/namespaces/${namespace}/kv?expired=true`)).json<Members[]>()).map(
        ({ key }) => key,
      );
    const history = async (key: string) =>
      (await at.send("GET", `/namespaces/${namespace}/kv/${key}/revisions`)).status;
    return { at, purge, keys, history };
  };

  it("without a body destroys what has expired, with its history", async () => {
    const { at, purge, keys, history } = open();
    await at.put("lives", "1", "?ttl=PT1H");
    for (const key of ["unread", "read"]) await at.put(key, "1", "?ttl=PT0.05S");
    for (const key of ["unread", "read"]) while ((await at.get(key, "?peek=true")).status === 200) await sleep(20);
    expect((await at.get("read")).status).toBe(410);
    await at.put("deleted", "1");
    await at.delete("deleted");
    const counted = await (await purge({ dryRun: true })).json<Purged>();
    expect(counted).toEqual({ keys: 2, revisions: 3, objects: 0, dryRun: true, done: true });
    expect(await history("read")).toBe(200);
    expect(await (await purge()).json()).toEqual({ keys: 2, revisions: 3, objects: 2, dryRun: false, done: true });
    expect(await keys()).toEqual(["lives"]);
    for (const key of ["unread", "read"]) expect(await history(key)).toBe(404);
    expect(await history("deleted")).toBe(200);
    expect((await at.get("read", "?peek=true")).status).toBe(404);
    // A key that was purged and made anew never matches what was known of it.
    expect(await (await at.put("read", "2")).json()).toMatchObject({ revision: 1 });
  });

  it("destroys by prefix and by time, as all that is named must hold", async () => {
    const { at, purge, keys } = open();
    for (const key of ["a/1", "a/2", "b/1"]) await at.put(key, "1");
    const { updateDate } = await (await at.get("b/1")).json();
    await at.put("a/3", "1");
    await at.put("a/1", "2");
    const all = { expiredOnly: false };
    expect(await (await purge({ ...all, prefix: "a/", updatedBefore: updateDate, dryRun: true })).json()).toMatchObject(
      {
        keys: 1,
      },
    );
    await purge({ ...all, prefix: "a/", updatedBefore: updateDate });
    expect(await keys()).toEqual(["a/1", "a/3", "b/1"]);
    await purge({ ...all, createdBefore: updateDate });
    expect(await keys()).toEqual(["a/3", "b/1"]);
    await purge({ ...all, prefix: "a/" });
    expect(await keys()).toEqual(["b/1"]);
    await purge(all);
    expect(await keys()).toEqual([]);
  });

  it("tells how far it is to who accepts NDJSON, page by page", async () => {
    const { at, purge } = open();
    await Promise.all(Array.from({ length: 501 }, (_, n) => at.put(`k${n}`, "1")));
    const answer = await purge({ expiredOnly: false }, { Accept: "application/x-ndjson" });
    expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
    const lines = (await answer.text())
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Purged);
    expect(lines.map(({ keys, done }) => [keys, done])).toEqual([
      [500, false],
      [501, false],
      [501, true],
    ]);
    // Values that were written at the same moment share objects.
    expect(lines.at(-1)?.objects).toBeGreaterThan(0);
    expect(lines.at(-1)?.objects).toBeLessThanOrEqual(501);
  });

  it.each([
    ["{", 400, "body"],
    [[], 422, "body"],
    [{ expiredOnly: "yes" }, 422, "expiredOnly"],
    [{ createdBefore: "yesterday" }, 422, "createdBefore"],
    [{ prefix: "\0" }, 422, "prefix"],
    [{ dryrun: true }, 422, "body"],
  ])("refuses %j with %i", async (body, status, field) => {
    const { purge } = open();
    const answer = await purge(body);
    expect(answer.status).toBe(status);
    expect((await answer.json()).field).toBe(field);
  });
});
