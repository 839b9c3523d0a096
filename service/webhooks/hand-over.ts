import type { ChangeId } from "../domain/change.ts";
import type { ChangeLog } from "../domain/change-store.ts";
import { Failure } from "../domain/fault.ts";
import type { Follower, WebhookQueue } from "../domain/webhook-store.ts";

/** Changes that are queued at once. */
const PAGE = 500;

/**
 * Queues the next changes of one webhook, of those up to `through`, and answers whether there may be more. What the log no
 * longer has is lost to it, and said.
 */
export async function handOver(
  { queue, log }: { readonly queue: WebhookQueue; readonly log: ChangeLog },
  follower: Follower,
  through: ChangeId,
): Promise<boolean> {
  const { scope, cursor, events } = follower;
  if (cursor >= through) return false;
  try {
    const page = await log.changes({ scope, after: cursor, through, limit: PAGE });
    const wanted = page.changes.filter(({ kind }) => events.includes(kind));
    if (page.upto > cursor) await queue.handOver(follower, wanted, page.upto);
    return page.more;
  } catch (error) {
    if (!(error instanceof Failure && error.fault.kind === "changes_gone")) throw error;
    await queue.skip(follower, await log.start(scope.tenant));
    return true;
  }
}
