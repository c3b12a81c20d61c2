import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, openPostgres } from '../../relay/db/connect.ts';

const url = process.env['TEST_DATABASE_URL'];
let database: Database;
beforeAll(() => {
  if (url) database = openPostgres(url, { max: 1 });
});
afterAll(() => database?.close());

interface PreparedRow {
  name: string;
  statement: string;
}

const ofSession = async (): Promise<PreparedRow[]> =>
  (await sql<PreparedRow>`select name, statement from pg_prepared_statements`.execute(database.db)).rows;

test.skipIf(!url)('a statement that says so is prepared once on its connection, and no other', async () => {
  for (const value of ['a', 'b', 'c'])
    expect((await sql`/* prepared: sample */ select ${value}::text as value`.execute(database.db)).rows).toEqual([{ value }]);
  expect((await sql`select ${'d'}::text as value`.execute(database.db)).rows).toEqual([{ value: 'd' }]);
  expect(await ofSession()).toEqual([{ name: 'sample', statement: '/* prepared: sample */ select $1::text as value' }]);
});

test.skipIf(!url)('a column that is added behind its back does not break it', async () => {
  await sql`create temporary table sample (id int)`.execute(database.db);
  const read = () => sql`/* prepared: columns */ select id from sample where id = ${1}`.execute(database.db);
  await read();
  await sql`alter table sample add column other text`.execute(database.db);
  expect((await read()).rows).toEqual([]);
});

test.skipIf(!url)('an error of one leaves its connection as it was', async () => {
  const divide = (by: number) =>
    sql<{ value: number }>`/* prepared: divide */ select 6 / ${by}::int as value`.execute(database.db);
  expect((await divide(2)).rows).toEqual([{ value: 3 }]);
  await expect(divide(0)).rejects.toThrow('division by zero');
  expect((await divide(3)).rows).toEqual([{ value: 2 }]);
});
