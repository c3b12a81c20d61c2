/** How deliveries end: gathered, written by one statement for many, counted, and then out of the worker's hands. */
import type { Db } from '../db/connect.ts';
import { batcher } from '../deliver/batcher.ts';
import type { Delivery } from '../inbox/rows.ts';
import { type Settlement, settle } from '../inbox/settle.ts';

export interface Settling {
  /** Resolves when it is written. */
  put(settlement: Settlement): Promise<void>;
  /** Resolves when everything put so far is through. */
  drain(): Promise<void>;
}

export function settling(options: {
  readonly db: Db;
  readonly counted: (settlements: readonly Settlement[]) => void;
  readonly settled: (delivery: Delivery) => void;
}): Settling {
  const batches = batcher<Settlement, void>(
    async (settlements) => {
      await settle(options.db, settlements);
      options.counted(settlements);
      return settlements.map(() => undefined);
    },
    { max: 500, waitMs: 50 },
  );
  return {
    put: async (settlement) => {
      await batches.add(settlement);
      options.settled(settlement.delivery);
    },
    drain: () => batches.drain(),
  };
}
