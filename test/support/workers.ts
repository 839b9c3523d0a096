import type { Api } from "../../api/transport.ts";

/** Terraform's own default. */
export const WORKERS = 10;

/** A service as the provider reaches it. */
export const apiAt = (endpoint: string): Api => ({
  endpoint,
  tenant: "main",
  authorization: undefined,
  door: "terraform",
  timeoutMs: 30_000,
});

/** Does the work for each item, so many at once, as Terraform's workers do. */
export async function byWorkers<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  workers = WORKERS,
): Promise<Map<Item, Result>> {
  const results = new Map<Item, Result>();
  const left = items.values();
  const worker = async () => {
    for (const item of left) results.set(item, await work(item));
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return results;
}
