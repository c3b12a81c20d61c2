import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { bulkGuard } from '../../relay/inbox/bulk-guard.ts';
import { receive } from '../../relay/inbox/receive.ts';
import { routeFor } from '../../relay/inbox/route.ts';
import type { Delivery } from '../../relay/inbox/rows.ts';
import { type Worker, startWorker } from '../../relay/run/worker.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { changeEvent, SALESFORCE, seedConnections, seedIntegration } from '../support/rows.ts';

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

async function events(object: string, count: number): Promise<void> {
  const batch = {
    connectionId: SALESFORCE,
    position: null,
    events: Array.from({ length: count }, () => changeEvent({ object })),
  };
  await receive(database.db, batch, routeFor(SALESFORCE, { priorPaths: () => [], bulkGuard: bulkGuard() }));
}

const keyOf = ({ id, lease }: Delivery): string => `${id} ${lease}`;

/** Deliveries as they are taken; each is in hand until it is let go. */
function held(options: { batch: number; most: number; enough: number }) {
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
