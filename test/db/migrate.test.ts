import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { migrate } from '../../relay/db/migrate.ts';
import { onPostgres, testDatabase } from '../support/database.ts';

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

test.skipIf(!onPostgres)('tables of other schemas may come and go meanwhile', async () => {
  const columns = Array.from({ length: 50 }, (_, index) => `c${index} int`).join(', ');
  const other = await testDatabase();
  let done = false;
  const churn = (async () => {
    while (!done) {
      await sql.raw(`create table passing (${columns})`).execute(other.db);
      await sql.raw('drop table passing').execute(other.db);
    }
  })();
  try {
    for (let round = 0; round < 60; round += 1) expect(await migrate(database.db)).toEqual([]);
  } finally {
    done = true;
    await churn;
    await other.close();
  }
});
