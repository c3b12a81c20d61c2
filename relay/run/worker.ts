/** Takes what is due, as much as may be under way at once, and hands it to the pipeline; several batches overlap so that no slot idles. */
import type { Db } from '../db/connect.ts';
import { endOrphans } from '../inbox/again.ts';
import type { Delivery } from '../inbox/rows.ts';
import { reap, renew, take } from '../inbox/take.ts';
import type { Log } from './log.ts';

export interface Worker {
  /** Something may be due: look now. Only a hint; polling is what counts. */
  kick(): void;
  readonly inHand: number;
  /** Takes nothing more and waits for what is in hand. */
  stop(): Promise<void>;
}

export interface WorkerOptions {
  readonly db: Db;
  readonly process: (batch: readonly Delivery[]) => Promise<void>;
  readonly log: Log;
  readonly newLease: () => string;
  /** Deliveries in one batch. */
  readonly batch: number;
  /** Deliveries under way at once: what bounds the memory. */
  readonly most: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly reapMs: number;
}

export function startWorker(options: WorkerOptions): Worker {
  let inHand = 0;
  let stopping = false;
  let hinted = false;
  let wake: () => void = () => undefined;
  const running = new Set<Promise<void>>();
  const leases = new Set<string>();

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (hinted || stopping) return ((hinted = false), resolve());
      const timer = setTimeout(resolve, ms);
      wake = () => (clearTimeout(timer), (hinted = false), resolve());
    });

  const run = async (): Promise<void> => {
    let failures = 0;
    while (!stopping) {
      const room = options.most - inHand;
      if (room < Math.min(options.batch, options.most) / 2) {
        await Promise.race([...running]);
        continue;
      }
      try {
        const lease = options.newLease();
        const batch = await take(options.db, { limit: Math.min(room, options.batch), lease, leaseMs: options.leaseMs });
        failures = 0;
        if (batch.length > 0) start(batch, lease);
        else await pause(options.pollMs);
      } catch (error) {
        failures += 1;
        options.log.error({ err: error }, 'the database does not answer; trying again');
        await pause(Math.min(5_000, options.pollMs * 2 ** failures));
      }
    }
  };

  const start = (batch: readonly Delivery[], lease: string): void => {
    inHand += batch.length;
    leases.add(lease);
    const work = options
      .process(batch)
      // What was not settled stays leased and comes back when the lease ends.
      .catch((error: unknown) => options.log.error({ err: error, deliveries: batch.length }, 'a batch was left to its lease'))
      .finally(() => {
        inHand -= batch.length;
        leases.delete(lease);
        running.delete(work);
        kick();
      });
    running.add(work);
  };

  const kick = (): void => {
    hinted = true;
    wake();
  };

  const reaper = setInterval(() => {
    const look = async (): Promise<void> => {
      const count = await reap(options.db);
      if (count > 0) {
        options.log.warn({ count }, 'work of a relay that did not finish it was taken back');
        kick();
      }
      await endOrphans(options.db);
    };
    // A database that is away is said by who takes work.
    look().catch(() => undefined);
  }, options.reapMs);

  const renewer = setInterval(() => {
    renew(options.db, [...leases], options.leaseMs).catch((error: unknown) =>
      options.log.warn({ err: error }, 'work in hand could not be kept'),
    );
  }, options.leaseMs / 3);

  const loop = run();
  return {
    kick,
    get inHand() {
      return inHand;
    },
    stop: async () => {
      stopping = true;
      clearInterval(reaper);
      wake();
      await loop;
      await Promise.all([...running]);
      clearInterval(renewer);
    },
  };
}
