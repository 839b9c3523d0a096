import { afterEach, expect, it, vi } from "vitest";
import { apiAt } from "../../test/support/workers.ts";
import { gatheringStore } from "./gathering-store.ts";

afterEach(() => vi.unstubAllGlobals());

const { signal } = new AbortController();
const at = { namespace: "n", key: "k" };
const entryOf = (revision: number) => ({
  ...at,
  revision,
  etag: `e${revision}`,
  digest: `d${revision}`,
  value: revision,
});

it("a read that was under way while its key was written does not hide the write from later reads", async () => {
  const answers: ((revision: number) => void)[] = [];
  const answering = (resolve: (answer: Response) => void) =>
    answers.push((revision) => resolve(Response.json(entryOf(revision))));
  vi.stubGlobal("fetch", () => new Promise<Response>(answering));
  const store = gatheringStore(apiAt("http://kv.test"));
  const asked = async (count: number) => vi.waitFor(() => expect(answers).toHaveLength(count), { interval: 1 });

  const early = store.readKey(at, "always", signal);
  await asked(1);
  const writing = store.patchKey(at, { description: "d" }, "e1", "once", signal);
  await asked(2);
  answers[1]?.(2);
  await writing;
  answers[0]?.(1);
  await early;
  expect(await store.readKey(at, "never", signal)).toMatchObject({ entry: { revision: 2 } });
});
