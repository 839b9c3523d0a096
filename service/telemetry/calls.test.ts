import { expect, it } from "vitest";
import { Failure } from "../domain/fault.ts";
import { Calls } from "./calls.ts";

const NAMES = { prefix: "nskv_store_call", label: "operation", what: "Calls" };

async function totalsOf(calls: Calls): Promise<Record<string, number>> {
  const samples = (await calls.figures()[0]?.read()) ?? [];
  return Object.fromEntries(
    samples.map(({ labels, value }) => [`${labels?.["operation"]} ${labels?.["outcome"]}`, value]),
  );
}

const failing = (calls: Calls, reason: unknown) =>
  calls.call("put", () => Promise.reject(reason)).catch((error: unknown) => error);

it("a call is answered as its work is, and counted by its outcome", async () => {
  const calls = new Calls(NAMES, undefined);
  expect(await calls.call("put", async () => 7)).toBe(7);
  const away = new Failure({ kind: "unavailable", reason: "away" });
  expect(await failing(calls, away)).toBe(away);
  await failing(calls, new Error("a defect"));
  expect(await totalsOf(calls)).toEqual({ "put ok": 1, "put error": 2, "put aborted": 0 });
});

it.each([
  { what: "a body that broke off", reason: new Failure({ kind: "upload_incomplete" }) },
  { what: "a caller who went away, whose reason is a mere text", reason: "Client connection prematurely closed." },
  { what: "a signal's own error", reason: new DOMException("aborted", "AbortError") },
])("$what is no error of the store", async ({ reason }) => {
  const calls = new Calls(NAMES, undefined);
  await failing(calls, reason);
  expect(await totalsOf(calls)).toEqual({ "put ok": 0, "put error": 0, "put aborted": 1 });
});

it("however many names there are, there are not more than a few hundred series", async () => {
  const calls = new Calls(NAMES, undefined);
  for (let n = 0; n < 1_000; n++) await calls.call(`name ${n}`, async () => undefined);
  const totals = await totalsOf(calls);
  expect(Object.keys(totals).length).toBeLessThan(700);
  expect(totals["other ok"]).toBe(800);
});

it("what is traced runs inside its span", async () => {
  const seen: string[] = [];
  const calls = new Calls(NAMES, async (name, work) => {
    seen.push(`${name} begins`);
    return work().finally(() => seen.push(`${name} ends`));
  });
  await calls.call("put", async () => void seen.push("work"));
  expect(seen).toEqual(["put begins", "work", "put ends"]);
});
