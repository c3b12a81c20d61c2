import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { migrate } from '../../relay/db/migrate.ts';
import { testDatabase } from '../support/database.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('an up-to-date database is left as it is', async () => {
  expect(await migrate(database.db)).toEqual([]);
});

test('int8 is text, a date is text, a time is a Date', async () => {
  const row = await database.db
    .insertInto('audit')
    .values({ actor: 'a', action: 'b', subject_type: 'c' })
    .returning(['id', 'at'])
    .executeTakeFirstOrThrow();
  expect(row.id).toBe('1');
  expect(row.at).toBeInstanceOf(Date);
});
