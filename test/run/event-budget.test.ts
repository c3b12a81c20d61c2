import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { acquireStream, noteHeldBack } from '../../relay/inbox/lease.ts';
import type { OrgLimits } from '../../relay/model/catalog.ts';
import { adviseOnEvents, eventBudget } from '../../relay/run/event-budget.ts';
import { holds } from '../../relay/run/holds.ts';
import { makeLog } from '../../relay/run/log.ts';
import { sweep, type SweeperOptions } from '../../relay/run/sweep.ts';
import { requestCatchUp, takeCatchUp } from '../../relay/inbox/catch-ups.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { INTEGRATION, SALESFORCE, seedConnections, seedIntegration } from '../support/rows.ts';
import { sql } from 'kysely';

const HOUR = 3_600_000;

let database: Database;
let limits: OrgLimits;
let asked = 0;
let clock = Date.now();
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  await emptyTables(database);
  await seedConnections(database.db);
  limits = { apiUsed: 0, apiMax: 1_000, eventsDelivered: 0, eventsMax: 100 };
  asked = 0;
});
afterAll(() => database.close());

const start = () =>
  eventBudget({
    db: database.db,
    connectionId: SALESFORCE,
    limits: async () => {
      asked += 1;
      return limits;
    },
    now: () => new Date(clock),
    log: makeLog('silent'),
  });
const problem = async (): Promise<unknown> =>
  (await database.db.selectFrom('salesforce_connection').selectAll().executeTakeFirstOrThrow()).problem;
const settings = (value: object) =>
  database.db
    .updateTable('salesforce_connection')
    .set({ settings: JSON.stringify(value) })
    .execute();

test.each([
  [{ used: 100 }, 'go on'],
  [{ used: 449 }, 'go on'],
  [{ used: 450 }, 'slow down'],
  [{ used: 500 }, 'wait'],
  [{ used: 900 }, 'wait'],
  // Others use the allowance too.
  [{ used: 100, left: 100 }, 'slow down'],
  [{ used: 100, left: 0 }, 'wait'],
  // Nothing may age out.
  [{ used: 500, behindMs: 59 * HOUR }, 'wait'],
  [{ used: 500, behindMs: 60 * HOUR }, 'read on'],
  [{ used: 100, behindMs: 60 * HOUR }, 'go on'],
] as const)('%o of 1,000 events, half of which are ours: %s', (given, advice) => {
  expect(adviseOnEvents({ limit: 1_000, left: 1_000 - given.used, share: 0.5, behindMs: 0, ...given })).toBe(advice);
});

test('what one owner counted the next one knows; at the share the connection says so, and the rest of it goes on', async () => {
  await settings({ eventShare: 0.5 });
  const first = start();
  expect(await first.look()).toBe('go on');
  first.count(46);
  expect(first.advice()).toBe('slow down');
  await first.look();
  expect(await problem()).toMatchObject({ code: 'event_budget', message: expect.stringContaining('46 of the 50') });
  await first.close();
  expect(await problem()).toBeNull();
  const second = start();
  expect(await second.look()).toBe('slow down');
  second.count(4);
  expect(second.advice()).toBe('wait');
  expect(await second.look()).toBe('wait');
  expect(await problem()).toMatchObject({
    message: expect.stringContaining('50 of the 50'),
    remedy: expect.stringContaining('eventShare'),
  });
  const row = await database.db.selectFrom('salesforce_connection').selectAll().executeTakeFirstOrThrow();
  expect(row).toMatchObject({ hold_until: null, status: 'awaiting_authorization' });
  await settings({ eventShare: 0.9 });
  expect(await second.look()).toBe('go on');
  expect(await problem()).toBeNull();
});

test('the sum is of the last 24 hours: what is older no longer counts', async () => {
  await sql`insert into delivered_event values
    (${SALESFORCE}, date_trunc('hour', clock_timestamp()) - interval '25 hours', 80),
    (${SALESFORCE}, date_trunc('hour', clock_timestamp()) - interval '23 hours', 11)`.execute(database.db);
  const budget = start();
  budget.count(70);
  expect(await budget.look()).toBe('slow down');
  expect(budget.problem()!.message).toContain('81 of the 90');
});

test('the org is asked rarely, oftener near the share, and what others use up is seen', async () => {
  limits = { ...limits, eventsMax: 1_000 };
  const budget = start();
  await budget.look();
  clock += 29 * 60_000;
  await budget.look();
  expect(asked).toBe(1);
  clock += 60_000;
  await budget.look();
  expect(asked).toBe(2);
  budget.count(150);
  clock += 5 * 60_000;
  limits = { ...limits, eventsDelivered: 1_000 };
  expect(await budget.look()).toBe('wait');
  expect(await problem()).toMatchObject({ message: expect.stringContaining('0 of the org') });
  limits = { ...limits, eventsDelivered: 200 };
  clock += 5 * 60_000;
  expect(await budget.look()).toBe('go on');
  expect(asked).toBe(4);
});

test('an org that does not say its allowance has no budget', async () => {
  limits = { ...limits, eventsMax: 0 };
  const budget = start();
  budget.count(1_000_000);
  expect(await budget.look()).toBe('go on');
});

test('another problem is worse and stays; a call that goes well ends that one, and not the budget’s', async () => {
  const rest = holds('salesforce_connection', {
    db: database.db,
    jitter: () => 0,
    now: () => new Date(clock),
    log: makeLog('silent'),
  });
  await rest.rest(SALESFORCE, { code: 'timeout', message: 'm', remedy: 'r', status: 'unreachable' }, null);
  const budget = start();
  budget.count(95);
  await budget.look();
  expect(await problem()).toMatchObject({ code: 'timeout' });
  await database.db.updateTable('salesforce_connection').set({ problem: null, status: 'connected' }).execute();
  await budget.look();
  rest.well(SALESFORCE);
  // Answered after what `well` has asked for: the embedded database has one connection, and Postgres a lock on the row.
  await sql`update salesforce_connection set name = name`.execute(database.db);
  expect(await problem()).toMatchObject({ code: 'event_budget' });
});

test('a reconciliation waits while the stream is held back: what is still to come is not missing', async () => {
  await seedIntegration(database.db);
  await database.db.updateTable('salesforce_connection').set({ status: 'connected' }).execute();
  const lease = await acquireStream(database.db, SALESFORCE, 'relay-a', 60_000);
  await noteHeldBack(database.db, lease!);
  const range = { since: new Date(clock - HOUR), until: new Date(clock) };
  await requestCatchUp(database.db, { integrationId: INTEGRATION, cause: 'reconciliation', ...range });
  const catchUp = await takeCatchUp(database.db, 60_000);
  const never = (): never => {
    throw new Error('nothing is asked for');
  };
  const options = { db: database.db, failed: never, salesforce: { describe: never }, log: makeLog('silent') };
  await sweep(catchUp!, options as unknown as SweeperOptions, () => false);
  const row = await database.db.selectFrom('catch_up').selectAll().executeTakeFirstOrThrow();
  expect(row).toMatchObject({ state: 'waiting', message: expect.stringContaining('held back') });
  expect(row.lease_until!.getTime()).toBeGreaterThan(Date.now());
});
