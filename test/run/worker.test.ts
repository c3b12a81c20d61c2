import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { bulkGuard } from '../../relay/inbox/bulk-guard.ts';
import { receive } from '../../relay/inbox/receive.ts';
import { routeFor } from '../../relay/inbox/route.ts';
import type { Delivery } from '../../relay/inbox/rows.ts';
import { type Worker, startWorker } from '../../relay/run/worker.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { until } from '../support/relay-process.ts';
import { changeEvent, SALESFORCE, seedConnections, seedIntegration, ZENQMS } from '../support/rows.ts';

const OTHER = 'zq-other';
let database: Database;
let worker: Worker | undefined;
let endAll: () => void = () => undefined;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  await emptyTables(database);
  await seedConnections(database.db);
  await seedIntegration(database.db, { id: 'slow' });
  await database.db
    .insertInto('zenqms_connection')
    .values({ id: OTHER, account_id: OTHER, name: OTHER, base_url: 'https://public-api.zenqms.com', api_token: Buffer.from('x') })
    .execute();
  await seedIntegration(database.db, { id: 'quick', definition: { object: 'Account', zenqmsConnectionId: OTHER } });
});
afterEach(async () => {
  endAll();
  await worker?.stop();
});
afterAll(() => database.close());

/** Stores events. @param reserve what the worker keeps room for is begun as soon as it is stored */
async function events(object: string, count: number, reserve?: Worker['reserve']): Promise<void> {
  const batch = {
    connectionId: SALESFORCE,
    position: null,
    events: Array.from({ length: count }, () => changeEvent({ object })),
  };
  await receive(database.db, batch, routeFor(SALESFORCE, { priorPaths: () => [], bulkGuard: bulkGuard() }), reserve);
}

const keyOf = ({ id, lease }: Delivery): string => `${id} ${lease}`;

/** Deliveries as they are taken; each is in hand until it is let go. */
function held(options: { batch: number; most: number; enough: number; pollMs?: number }) {
  const taken: Delivery[] = [];
  const letGo = new Map<string, () => void>();
  let lease = 0;
  let over = false;
  let noticed: () => void = () => undefined;
  worker = startWorker({
    db: database.db,
    process: async (batch) => {
      taken.push(...batch);
      noticed();
      if (!over) await Promise.all(batch.map((each) => new Promise<void>((resolve) => letGo.set(keyOf(each), resolve))));
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined } as never,
    newLease: () => `lease-${(lease += 1)}`,
    leaseMs: 60_000,
    pollMs: 10,
    tidyMs: 60_000,
    ...options,
  });
  const count = (integration: string): number => taken.filter((each) => each.integrationId === integration).length;
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise<void>((resolve) => (noticed = resolve));
  };
  const end = (delivery: Delivery): void => {
    worker?.settled(delivery);
    letGo.get(keyOf(delivery))?.();
  };
  endAll = () => {
    over = true;
    taken.forEach(end);
  };
  return { taken, count, until, end };
}

test('an account whose work does not end keeps another one waiting no longer than its share is full', async () => {
  await events('Case', 40);
  await events('Account', 5);
  const work = held({ batch: 8, most: 32, enough: 8 });
  await work.until(() => work.count('quick') === 5);
  expect(work.count('slow')).toBeLessThan(16);
  work.taken.filter((each) => each.integrationId === 'quick').forEach(work.end);
  // What comes later for the other account is taken at once, however much waits for the slow one.
  await events('Account', 3);
  worker?.kick();
  await work.until(() => work.count('quick') === 8);
  expect(work.count('slow')).toBeLessThan(16);
});

test('never more than so many are in hand, and each that ends makes room', async () => {
  await events('Case', 40);
  const work = held({ batch: 4, most: 12, enough: 100 });
  await work.until(() => work.taken.length === 12);
  expect(worker?.inHand).toBe(12);
  work.taken.slice(0, 2).forEach(work.end);
  await work.until(() => work.taken.length > 12);
  expect(worker?.inHand).toBeLessThanOrEqual(12);
  expect(new Set(work.taken.map((each) => each.id)).size).toBe(work.taken.length);
});

test('work whose lease ran out and that was taken once more is in hand once', async () => {
  await events('Case', 4);
  const work = held({ batch: 4, most: 32, enough: 4 });
  await work.until(() => work.taken.length === 4);
  const first = [...work.taken];
  // As after a time without the database, in which nothing could be renewed.
  await database.db
    .updateTable('delivery')
    .set({ lease_until: new Date(0) })
    .execute();
  first.slice(0, 1).forEach(work.end);
  await work.until(() => work.taken.length > 4);
  work.taken.forEach(work.end);
  // The account is not taken for one that has enough: beside one in hand there is room for another.
  const before = work.taken.length;
  await database.db.deleteFrom('delivery').execute();
  for (const taken of [1, 2]) {
    await events('Case', 1);
    worker?.kick();
    await work.until(() => work.taken.length === before + taken);
  }
});

describe('what comes while nothing waits', () => {
  /** A worker that has looked once, found nothing, and does not look again by itself. */
  async function idle(options: { batch: number; most: number; enough: number }) {
    const work = held({ ...options, pollMs: 60_000 });
    await until('it has looked', () => reserved(ZENQMS, 1));
    return work;
  }
  /** Whether there is room for so many; keeps none. */
  function reserved(zenqms: string, count: number): boolean {
    const room = worker!.reserve(Array.from({ length: count }, () => zenqms));
    room.begin([]);
    return room.granted.every(Boolean);
  }
  const leases = async () =>
    (await database.db.selectFrom('delivery').select('lease_token').orderBy('id').execute()).map(
      (row) => row.lease_token !== null,
    );

  test('is begun without a look, in the order in which it came', async () => {
    const work = await idle({ batch: 8, most: 32, enough: 8 });
    await events('Case', 3, worker!.reserve);
    const ids = work.taken.map((delivery) => Number(delivery.id));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(work.count('slow')).toBe(3);
    expect(worker!.inHand).toBe(3);
    await events('Account', 2, worker!.reserve);
    expect(work.count('quick')).toBe(2);
  });

  test('is left to a look where an account has enough, which is made when it has less', async () => {
    const work = await idle({ batch: 4, most: 32, enough: 8 });
    await events('Case', 9, worker!.reserve);
    await events('Case', 2, worker!.reserve);
    await events('Account', 1, worker!.reserve);
    expect(work.count('slow')).toBe(9);
    expect(work.count('quick')).toBe(1);
    expect((await leases()).filter((leased) => !leased)).toHaveLength(2);
    work.taken.slice(0, 2).forEach(work.end);
    await work.until(() => work.count('slow') === 11);
  });

  test('never makes more than so many in hand, whatever is kept for others meanwhile', async () => {
    const work = await idle({ batch: 4, most: 6, enough: 100 });
    const kept = worker!.reserve([ZENQMS, ZENQMS]);
    await events('Account', 5, worker!.reserve);
    expect(work.count('quick')).toBe(4);
    expect(worker!.inHand).toBe(4);
    kept.begin([]);
    work.end(work.taken[0]!);
    await work.until(() => work.count('quick') === 5);
    expect(worker!.inHand).toBe(4);
  });

  test('does not overtake what was left, nor what somebody else stored', async () => {
    const work = await idle({ batch: 4, most: 32, enough: 4 });
    await events('Case', 4, worker!.reserve);
    await events('Case', 1, worker!.reserve);
    work.end(work.taken[0]!);
    // One is left in the database: it comes first, even where there is room again.
    expect(reserved(ZENQMS, 1)).toBe(false);
    await work.until(() => work.count('slow') === 5);
    work.taken.forEach(work.end);
    await until('a look found nothing more', () => reserved(ZENQMS, 1));
    worker!.kick();
    expect(reserved(ZENQMS, 1)).toBe(false);
    expect(reserved(OTHER, 1)).toBe(false);
    await until('that was looked for', () => reserved(ZENQMS, 1) && reserved(OTHER, 1));
  });

  test('is not begun by a relay that stops', async () => {
    await idle({ batch: 4, most: 32, enough: 4 });
    const stopped = worker!.stop();
    expect(reserved(ZENQMS, 1)).toBe(false);
    await stopped;
  });

  test('reading waits for room: until an account has less, or for its time, and not at all behind what was left', async () => {
    const work = await idle({ batch: 4, most: 32, enough: 4 });
    await events('Case', 4, worker!.reserve);
    let waited = false;
    const room = worker!.roomFor([ZENQMS], 600_000).then(() => (waited = true));
    await worker!.roomFor([OTHER], 600_000);
    await worker!.roomFor([ZENQMS], 1);
    expect(waited).toBe(false);
    work.end(work.taken[0]!);
    await room;
    await events('Case', 1, worker!.reserve);
    await events('Case', 1, worker!.reserve);
    await worker!.roomFor([ZENQMS], 600_000);
  });
});
