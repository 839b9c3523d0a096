import type { Change, ChangeId } from "../domain/change.ts";
import type { ChangeLog } from "../domain/change-store.ts";
import { Failure } from "../domain/fault.ts";
import type { Tenant } from "../domain/namespace.ts";
import type { WatchEnd } from "../domain/watch.ts";

/** Somebody who has read the log of a tenant up to its tail. */
export interface Follower {
  readonly tenant: Tenant;
  /** Everything up to here was read before: what is brought of it is skipped by the follower itself. */
  readonly seen: ChangeId;
  /** The cursor behind the row that was read last. */
  readonly cursor: ChangeId;
  /** The next changes of its tenant, whatever their namespace; `cursor` is where they end. */
  take(changes: readonly Change[], cursor: ChangeId): void;
  end(why: WatchEnd): void;
}

/** Those who follow one tenant's log. */
interface Group {
  /** Everything up to here was given to them. */
  seen: ChangeId;
  cursor: ChangeId;
  readonly members: Set<Follower>;
}

const PAGE_CHANGES = 1_000;

export interface Followers {
  /**
   * Follows from now on; the answer leaves. Undefined when the others are ahead of what was read: between the two would be a
   * gap, so read on and try again.
   */
  join(follower: Follower): (() => void) | undefined;
  isEmpty(): boolean;
  /** Gives out what is new up to `through`; the log is read once for all of a tenant. Whether there was anything to read. */
  bring(through: ChangeId): Promise<boolean>;
  endAll(why: WatchEnd): void;
}

export function createFollowers(log: ChangeLog): Followers {
  const groups = new Map<Tenant, Group>();

  async function read(tenant: Tenant, group: Group, through: ChangeId): Promise<void> {
    const scope = { tenant, namespace: undefined, children: true, prefix: "" };
    for (let more = true; more && group.members.size > 0; ) {
      const page = await log.changes({ scope, after: group.cursor, through, limit: PAGE_CHANGES });
      ({ more } = page);
      group.cursor = page.upto;
      group.seen = more ? page.upto : through;
      for (const member of group.members) member.take(page.changes, page.upto);
    }
  }

  function end(tenant: Tenant, why: WatchEnd): void {
    const members = groups.get(tenant)?.members ?? [];
    groups.delete(tenant);
    for (const member of members) member.end(why);
  }

  return {
    join(follower) {
      const { tenant, seen, cursor } = follower;
      const group = groups.get(tenant) ?? { seen, cursor, members: new Set() };
      if (seen < group.seen) return undefined;
      group.members.add(follower);
      groups.set(tenant, group);
      return () => {
        group.members.delete(follower);
        if (group.members.size === 0 && groups.get(tenant) === group) groups.delete(tenant);
      };
    },
    isEmpty: () => groups.size === 0,
    async bring(through) {
      let isNew = false;
      for (const [tenant, group] of groups) {
        if (group.seen >= through) continue;
        isNew = true;
        try {
          await read(tenant, group, through);
        } catch (error) {
          if (!(error instanceof Failure && error.fault.kind === "changes_gone")) throw error;
          end(tenant, "gone");
        }
      }
      return isNew;
    },
    endAll(why) {
      for (const tenant of [...groups.keys()]) end(tenant, why);
    },
  };
}
