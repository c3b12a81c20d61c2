/**
 * Takes what is due, as much as may be under way at once, and hands it to the pipeline; several batches overlap so that no slot idles.
 * What the stream brings while nothing of its ZenQMS connection waits in the database need not be looked for: room is kept for it, it is
 * stored as in hand here, and begun at once.
 */
import type { Db } from '../db/connect.ts';
import { endOrphans } from '../inbox/again.ts';
import type { Reserve } from '../inbox/receive.ts';
import type { Delivery } from '../inbox/rows.ts';
import { renew, take } from '../inbox/take.ts';
import { emptyHand } from './hand.ts';
import type { Log } from './log.ts';
import { waiting } from './waiting.ts';

export interface Worker {
  /** Something may be due: look now. Only a hint; polling is what counts. */
  kick(): void;
  /** Keeps room as far as there is any and nothing older would be overtaken; the rest is looked for. */
  readonly reserve: Reserve;
  /** Resolves when each of these may have more in hand, or after `waitMs`; at once where work of one is left in the database anyway. */
  roomFor(zenqmsConnectionIds: readonly string[], waitMs: number): Promise<void>;
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
  const hand = emptyHand(options);
  const left = waiting();
  let stopping = false;
  let hinted = false;
  let wake: () => void = () => undefined;
  let roomy: () => void = () => undefined;
  const running = new Set<Promise<void>>();
  const awaitingRoom = new Set<() => void>();

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (hinted || stopping) return ((hinted = false), resolve());
      const timer = setTimeout(resolve, ms);
      wake = () => (clearTimeout(timer), (hinted = false), resolve());
    });

  let lookedAt = -Infinity;
  let released: () => void = () => undefined;
  /** While a connection has enough, most looks would be in vain: for others' work now and then, for its own as soon as it may have more. */
  const worthALook = (): Promise<void> =>
    new Promise((resolve) => {
      const ms = lookedAt + OTHERS_MS - performance.now();
      if (ms <= 0 || stopping || hand.full().length === 0) return resolve();
      const timer = setTimeout(resolve, ms);
      released = () => (clearTimeout(timer), resolve());
    });

  const hasRoom = (): boolean => hand.room >= Math.min(options.batch, options.most) / 2;
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
        const limit = Math.min(hand.room, options.batch);
        const without = hand.full();
        const looked = left.look();
        const batch = await take(options.db, { limit, lease, leaseMs: options.leaseMs, without });
        looked({ all: batch.length < limit, without });
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
    for (const delivery of batch) hand.put(delivery);
    const work = options
      .process(batch)
      // What was not settled stays leased and comes back when the lease ends.
      .catch((error: unknown) => options.log.error({ err: error, deliveries: batch.length }, 'a batch was left to its lease'))
      .finally(() => {
        batch.forEach(settled);
        running.delete(work);
        if (left.any) look();
      });
    running.add(work);
  };

  const settled = (delivery: Delivery): void => {
    const { zenqmsConnectionId } = delivery;
    const hadEnough = hand.hasEnough(zenqmsConnectionId);
    if (hand.remove(delivery)) loosened(zenqmsConnectionId, hadEnough);
  };

  const loosened = (zenqmsConnectionId: string, hadEnough: boolean): void => {
    if (hadEnough && !hand.hasEnough(zenqmsConnectionId)) {
      released();
      if (left.any) look();
    }
    if (hasRoom()) roomy();
    for (const check of awaitingRoom) check();
  };

  const reserve: Reserve = (zenqmsConnectionIds) => {
    const open = new Set([...new Set(zenqmsConnectionIds)].filter((id) => !stopping && !left.mayWait(id) && !hand.hasEnough(id)));
    const granted = zenqmsConnectionIds.map((id) => {
      if (open.has(id) && hand.reserve(id)) return true;
      left.left(id);
      return false;
    });
    return {
      lease: options.newLease(),
      leaseMs: options.leaseMs,
      granted,
      begin: (stored) => {
        if (stored.length > 0) start(stored);
        // Said once more: a look that began before they were stored has not seen them.
        const others = zenqmsConnectionIds.filter((_, place) => !granted[place]);
        others.forEach(left.left);
        if (others.length > 0) look();
        const full = [...open].filter(hand.hasEnough);
        zenqmsConnectionIds.forEach((id, place) => granted[place] && hand.release(id));
        for (const id of open) loosened(id, full.includes(id));
      },
    };
  };

  const roomFor: Worker['roomFor'] = (zenqmsConnectionIds, waitMs) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        awaitingRoom.delete(check);
        resolve();
      };
      const check = (): void => {
        const forAll = hasRoom() && !zenqmsConnectionIds.some(hand.hasEnough);
        if (forAll || stopping || zenqmsConnectionIds.some((id) => left.mayWait(id))) done();
      };
      const timer = setTimeout(done, waitMs);
      awaitingRoom.add(check);
      check();
    });

  const look = (): void => {
    hinted = true;
    wake();
  };

  // What came back although its integration was deleted meanwhile. A database that is away is said by who takes work.
  const tidier = setInterval(() => void endOrphans(options.db).catch(() => undefined), options.tidyMs);

  const renewer = setInterval(() => {
    renew(options.db, hand.deliveries(), options.leaseMs).catch((error: unknown) =>
      options.log.warn({ err: error }, 'work in hand could not be kept'),
    );
  }, options.leaseMs / 3);

  const loop = run();
  return {
    kick: () => {
      left.anything();
      look();
    },
    reserve,
    roomFor,
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
      for (const check of awaitingRoom) check();
      await loop;
      await Promise.all([...running]);
      clearInterval(renewer);
    },
  };
}
