import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { askForReconciliations, forgetReconciliations } from '../../relay/run/schedule.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { INTEGRATION, seedConnections, seedIntegration } from '../support/rows.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  await emptyTables(database);
  await seedConnections(database.db);
  await seedIntegration(database.db);
});
afterAll(() => database.close());

const NOW = new Date('2026-06-30T12:00:00Z');
const days = (count: number): Date => new Date(NOW.getTime() - count * 86_400_000);

async function search(id: string, changes: { cause?: string; age: number; finished?: boolean }): Promise<void> {
  const at = days(changes.age);
  await database.db
    .insertInto('catch_up')
    .values({
      id,
      integration_id: INTEGRATION,
      cause: changes.cause ?? 'reconciliation',
      since: at,
      until: at,
      state: changes.finished === false ? 'running' : 'done',
      created_at: at,
      finished_at: changes.finished === false ? null : at,
    })
    .execute();
}

const left = async (): Promise<string[]> =>
  (await database.db.selectFrom('catch_up').select('id').orderBy('id').execute()).map((row) => row.id);

test('reconciliations of more than five weeks ago are forgotten; what a person asked for, and what is not ended, is kept', async () => {
  await search('old', { age: 36 });
  await search('recent', { age: 34 });
  await search('old, by a person', { age: 400, cause: 'requested' });
  await search('old, not ended', { age: 36, finished: false });
  expect(await forgetReconciliations(database.db, NOW)).toBe(1);
  expect(await left()).toEqual(['old, by a person', 'old, not ended', 'recent']);
});

test('a reconciliation is asked for by whoever comes first; the nightly one does for the short one too', async () => {
  expect(await askForReconciliations(database.db, NOW)).toBe(1);
  await database.db.updateTable('catch_up').set({ created_at: NOW }).execute();
  expect(await askForReconciliations(database.db, new Date(NOW.getTime() + 60_000))).toBe(0);
  // After two hours the short one is due, the nightly one is not.
  expect(await askForReconciliations(database.db, new Date(NOW.getTime() + 2 * 3_600_000 + 60_000))).toBe(1);
});
