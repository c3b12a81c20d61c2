import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { migrate } from '../../relay/db/migrate.ts';
import { up as keysByBytes } from '../../relay/db/migrations/0012_keys_by_bytes.ts';
import { onPostgres, testDatabase } from '../support/database.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('an up-to-date database is left as it is', async () => {
  expect(await migrate(database.db)).toEqual([]);
});

test('every key is compared by its bytes, whatever the database sorts by', async () => {
  const { rows } = await sql<{ key: string; collation: string }>`
    select distinct c.relname || '.' || a.attname as key, co.collname as collation
      from pg_index x
      join pg_class c on c.oid = x.indrelid
      join pg_attribute a on a.attrelid = c.oid and a.attnum = any(x.indkey)
      join pg_collation co on co.oid = a.attcollation
     where c.relnamespace = current_schema()::regnamespace and c.relname not like 'kysely%'`.execute(database.db);
  expect(rows.length).toBeGreaterThan(40);
  expect(rows.filter((row) => row.collation !== 'C')).toEqual([]);
});

test('whoever may read the log still may when its keys have changed', async () => {
  const { db } = database;
  const role = `auditor_${randomBytes(4).toString('hex')}`;
  await sql.raw(`create role ${role}`).execute(db);
  try {
    for (const grantee of [role, 'public']) await sql.raw(`grant select on execution_log to ${grantee}`).execute(db);
    await keysByBytes(db as never);
    const { rows } = await sql`
      select acl.grantee = 0 as everybody, acl.privilege_type as privilege
        from pg_class c cross join lateral aclexplode(c.relacl) acl
       where c.oid = 'execution_log'::regclass and acl.grantee <> c.relowner
       order by 1`.execute(db);
    expect(rows).toEqual([
      { everybody: false, privilege: 'SELECT' },
      { everybody: true, privilege: 'SELECT' },
    ]);
  } finally {
    for (const statement of ['drop owned by', 'drop role']) await sql.raw(`${statement} ${role}`).execute(db);
  }
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
