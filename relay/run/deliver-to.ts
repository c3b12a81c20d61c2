/** Brings mapped Issues to the account they are for. */
import type { Db } from '../db/connect.ts';
import type { DeliverContext, ToDeliver } from '../deliver/outcomes.ts';
import type { Settlement } from '../inbox/settle.ts';
import type { Accounts } from './accounts.ts';
import { retryAt } from './endings.ts';
import type { Holds } from './holds.ts';

export type DeliverTo = (
  items: readonly ToDeliver[],
  deliverAll: (items: readonly ToDeliver[], context: DeliverContext) => Promise<void>,
) => Promise<void>;

export interface DeliverToOptions {
  readonly db: Db;
  readonly accounts: Accounts;
  readonly holds: Holds;
  readonly settle: (settlement: Settlement) => Promise<void>;
  readonly newFence: () => string;
  readonly claimLeaseMs: number;
  readonly searchLagMs: number;
  readonly draining: () => boolean;
  readonly now: () => Date;
  readonly jitter: () => number;
}

export function deliverTo(options: DeliverToOptions): DeliverTo {
  return async (items, deliverAll) => {
    const groups = Map.groupBy(items, (item) => item.delivery.zenqmsConnectionId);
    await Promise.all(
      [...groups].map(async ([connectionId, group]) => {
        const account = await options.accounts.get(connectionId).catch((error: unknown) => error as Error);
        if (account instanceof Error) {
          const at = options.now();
          const nextTryAt = new Date(at.getTime() + 60_000);
          const message = `The ZenQMS connection can't be used: ${account.message}`;
          const end = {
            reason: 'zenqms_unavailable' as const,
            message,
            nextTryAt,
            step: 'connect',
            code: 'connection_unusable',
            at,
          };
          await Promise.all(group.map((item) => options.settle(retryAt(item.delivery, end))));
          return;
        }
        const context: DeliverContext = {
          db: options.db,
          api: account.api,
          poster: account.poster,
          settle: options.settle,
          fence: options.newFence(),
          claimLeaseMs: options.claimLeaseMs,
          searchLagMs: options.searchLagMs,
          heldUntil: () => options.holds.until(connectionId) ?? (options.draining() ? options.now() : null),
          hold: account.hold,
          now: options.now,
          jitter: options.jitter,
        };
        await deliverAll(group, context);
      }),
    );
  };
}
