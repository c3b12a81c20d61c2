/** Takes what is due, as much as may be under way at once, and hands it to the pipeline; several batches overlap so that no slot idles. */
import type { Db } from '../db/connect.ts';
import { endOrphans } from '../inbox/again.ts';
import type { Delivery } from '../inbox/rows.ts';
import { renew, take } from '../inbox/take.ts';
import type { Log } from './log.ts';

export interface Worker {
  /** Something may be due: look now. Only a hint; polling is what counts. */
  kick(): void;
  /** A delivery that was taken has its end, or was given back. */
  settled(delivery: Delivery): void;
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
  /** From so many under way for one ZenQMS connection on, others' work comes first: a slow account keeps nobody waiting. */
  readonly enough: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly tidyMs: number;
}

/** A look that takes long (a long backlog of connections that rest) may keep the database busy for a tenth of the time. */
const REST_FACTOR = 10;
const LONGEST_POLL_MS = 5_000;
const OTHERS_MS = 100;

export function startWorker(options: WorkerOptions): Worker {
  const hand = new Map<string, Delivery>();
  const perConnection = new Map<string, number>();
  let stopping = false;
  let hinted = false;
  let wake: () => void = () => undefined;
  let roomy: () => void = () => undefined;
  const running = new Set<Promise<void>>();

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (hinted || stopping) return ((hinted = false), resolve());
      const timer = setTimeout(resolve, ms);
      wake = () => (clearTimeout(timer), (hinted = false), resolve());
    });

  const full = (): string[] => [...perConnection].flatMap(([id, count]) => (count >= options.enough ? [id] : []));
  let lookedAt = -Infinity;
  let released: () => void = () => undefined;
  /** While a connection has enough, most looks would be in vain: for others' work now and then, for its own as soon as it may have more. */
  const worthALook = (): Promise<void> =>
    new Promise((resolve) => {
      const ms = lookedAt + OTHERS_MS - performance.now();
      if (ms <= 0 || stopping || full().length === 0) return resolve();
      const timer = setTimeout(resolve, ms);
      released = () => (clearTimeout(timer), resolve());
    });

  const hasRoom = (): boolean => options.most - hand.size >= Math.min(options.batch, options.most) / 2;
  const room = (): Promise<void> =>
    new Promise((resolve) => {
      if (hasRoom() || stopping) return resolve();
      roomy = resolve;
    });

  const run = async (): Promise<void> => {
    let failures = 0;
    while (!stopping) {
      await room();
      await worthALook();
      const asked = (lookedAt = performance.now());
      try {
        const lease = options.newLease();
        const limit = Math.min(options.most - hand.size, options.batch);
        const batch = await take(options.db, { limit, lease, leaseMs: options.leaseMs, without: full() });
        failures = 0;
        if (batch.length > 0) start(batch);
        else await pause(Math.min(LONGEST_POLL_MS, Math.max(options.pollMs, REST_FACTOR * (performance.now() - asked))));
      } catch (error) {
        failures += 1;
        options.log.error({ err: error }, 'the database does not answer; trying again');
        await pause(Math.min(5_000, options.pollMs * 2 ** failures));
      }
    }
  };

  const start = (batch: readonly Delivery[]): void => {
    const abandoned = batch.filter((delivery) => delivery.abandoned).length;
    if (abandoned > 0) options.log.warn({ count: abandoned }, 'work of a relay that did not finish it was taken over');
    for (const delivery of batch) {
      const { zenqmsConnectionId } = delivery;
      // Its lease ran out while it was in hand here: it counts once.
      const before = hand.get(delivery.id);
      if (before) settled(before);
      hand.set(delivery.id, delivery);
      perConnection.set(zenqmsConnectionId, (perConnection.get(zenqmsConnectionId) ?? 0) + 1);
    }
    const work = options
      .process(batch)
      // What was not settled stays leased and comes back when the lease ends.
      .catch((error: unknown) => options.log.error({ err: error, deliveries: batch.length }, 'a batch was left to its lease'))
      .finally(() => {
        batch.forEach(settled);
        running.delete(work);
        kick();
      });
    running.add(work);
  };

  const settled = (delivery: Delivery): void => {
    // One that was given back may be in hand again, under another lease.
    if (hand.get(delivery.id)?.lease !== delivery.lease) return;
    hand.delete(delivery.id);
    const connection = delivery.zenqmsConnectionId;
    const left = (perConnection.get(connection) ?? 0) - 1;
    if (left > 0) perConnection.set(connection, left);
    else perConnection.delete(connection);
    if (left === options.enough - 1) {
      released();
      kick();
    }
    if (hasRoom()) roomy();
  };

  const kick = (): void => {
    hinted = true;
    wake();
  };

  // What came back although its integration was deleted meanwhile. A database that is away is said by who takes work.
  const tidier = setInterval(() => void endOrphans(options.db).catch(() => undefined), options.tidyMs);

  const renewer = setInterval(() => {
    renew(options.db, [...hand.values()], options.leaseMs).catch((error: unknown) =>
      options.log.warn({ err: error }, 'work in hand could not be kept'),
    );
  }, options.leaseMs / 3);

  const loop = run();
  return {
    kick,
    settled,
    get inHand() {
      return hand.size;
    },
    stop: async () => {
      stopping = true;
      clearInterval(tidier);
      wake();
      roomy();
      released();
      await loop;
      await Promise.all([...running]);
      clearInterval(renewer);
    },
  };
}
