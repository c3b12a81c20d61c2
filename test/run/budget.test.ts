import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { advise, startBudget } from '../../relay/run/budget.ts';
import { holds } from '../../relay/run/holds.ts';
import { makeLog } from '../../relay/run/log.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { SALESFORCE, seedConnections } from '../support/rows.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  await emptyTables(database);
  await seedConnections(database.db);
});
afterAll(() => database.close());

test.each([
  [100, 'go on'],
  [449, 'go on'],
  [450, 'slow down'],
  [500, 'wait'],
  [900, 'wait'],
] as const)('%i of 1,000 calls, half of which are ours: %s', (used, advice) => {
  expect(advise({ used, limit: 1_000, share: 0.5 })).toBe(advice);
});

test('calls of all relays and hours count; at the share the connection waits and says so', async () => {
  const clock = { now: () => new Date(), log: makeLog('silent') };
  const rest = holds('salesforce_connection', { db: database.db, jitter: () => 0, ...clock });
  const mine = startBudget({ db: database.db, holds: rest, ...clock });
  const other = startBudget({ db: database.db, holds: rest, ...clock });
  for (let n = 0; n < 30; n++) other.count(SALESFORCE, 100);
  await other.look();
  expect(rest.until(SALESFORCE)).toBeNull();
  for (let n = 0; n < 20; n++) mine.count(SALESFORCE, 100);
  await mine.look();
  const row = await database.db.selectFrom('salesforce_connection').selectAll().executeTakeFirstOrThrow();
  expect(row.hold_until!.getTime()).toBeGreaterThan(Date.now() + 9 * 60_000);
  expect(row.problem).toMatchObject({ code: 'api_budget', message: expect.stringContaining('50 of the 50') });
  await Promise.all([mine.stop(), other.stop()]);
});

test('what was counted while the database was away still counts', async () => {
  const clock = { now: () => new Date(), log: makeLog('silent') };
  let away = true;
  const db = database.db.withPlugin({
    transformQuery: ({ node }) => {
      if (away) throw new Error('the database is away');
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const budget = startBudget({ db, holds: holds('salesforce_connection', { db, jitter: () => 0, ...clock }), ...clock });
  for (let n = 0; n < 49; n++) budget.count(SALESFORCE, 100);
  await budget.look();
  away = false;
  budget.count(SALESFORCE, null);
  await budget.look();
  const row = await database.db.selectFrom('salesforce_connection').selectAll().executeTakeFirstOrThrow();
  expect(row.problem).toMatchObject({ code: 'api_budget', message: expect.stringContaining('50 of the 50') });
  await budget.stop();
});
