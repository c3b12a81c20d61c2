/** A prepared plan is made once, when a table may hold little, and used when it holds much: it must not have become a scan of everything. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, type Db, openPostgres } from '../../relay/db/connect.ts';
import { migrate } from '../../relay/db/migrate.ts';
import { acquire, markPosting } from '../../relay/deliver/claims.ts';
import { bulkGuard } from '../../relay/inbox/bulk-guard.ts';
import { receive } from '../../relay/inbox/receive.ts';
import { routeFor } from '../../relay/inbox/route.ts';
import type { Delivery } from '../../relay/inbox/rows.ts';
import { type Settlement, settle } from '../../relay/inbox/settle.ts';
import { take } from '../../relay/inbox/take.ts';
import { changeEvent, recordId, SALESFORCE, seedConnections, seedIntegration } from '../support/rows.ts';

const server = process.env['TEST_DATABASE_URL'];
const schema = `t_${randomBytes(6).toString('hex')}`;
/** Rows in each large table when a plan is made: what the planner finds cheapest changes between them. */
const SIZES = [0, 100, 400, 1_500, 6_000];
const LAST = 20_000;
/** Of each table, for three events; an index on all of its rows has more than half as many. */
const MOST_PAGES = 110;
/** By the size at which their plans were made. */
const databases = new Map<number, Database>();

beforeAll(async () => {
  if (!server) return;
  const url = new URL(server);
  // As it is anyway from the sixth time on.
  url.searchParams.set('options', '-c plan_cache_mode=force_generic_plan');
  const open = (): Database => openPostgres(url.href, { max: 1, schema });
  const { db, close } = open();
  await sql.raw(`create schema ${schema}`).execute(db);
  await migrate(db);
  await seedConnections(db);
  await seedIntegration(db);
  // Whoever analyses a table has all its plans made anew.
  for (const table of ['claim', 'delivery', 'event_default', 'execution_default'])
    await sql.raw(`alter table ${table} set (autovacuum_enabled = off)`).execute(db);
  let from = 0;
  for (const size of SIZES) {
    await fill(db, from, size);
    const database = open();
    databases.set(size, database);
    await journey(database.db, 1_000_000 + size * 10);
    from = size;
  }
  await fill(db, from, LAST);
  await close();
});
afterAll(async () => {
  if (!server) return;
  for (const { close } of databases.values()) await close();
  const { db, close } = openPostgres(server, { max: 1 });
  await sql.raw(`drop schema ${schema} cascade`).execute(db);
  await close();
});

/** Rows of the past, as many in each table: a claim, a row of the log, an event, and its delivery, which is parked. */
async function fill(db: Db, from: number, to: number): Promise<void> {
  const numbers = sql`generate_series(${from + 1}::int, ${to}::int) n`;
  await sql`
    insert into claim (account_id, record_id, scope, category_id, state, delivery_id, fence, lease_until)
    select 'acc-1', '900' || lpad(n::text, 12, '0') || 'AAA', 'cat-1', 'cat-1', 'created', n, 'f', '-infinity' from ${numbers}`.execute(
    db,
  );
  await sql`
    insert into execution (id, received_at, integration_id, event_id, event_at, object, record_id, change_type, outcome, reason, message, attempts)
    select nextval('execution_id'), now(), i.id, n, now(), 'Case', '900' || lpad(n::text, 12, '0') || 'AAA', 'CREATE', 'created', 'created', 'm', 1
      from ${numbers}, integration i`.execute(db);
  await sql`
    with old as (
      insert into event (event_at, connection_id, event_key, object, record_id, change_type, source, payload)
      select '2026-02-01'::timestamptz + n * interval '1 second', ${SALESFORCE}, 'old-' || n, 'Case', '900' || lpad(n::text, 12, '0') || 'AAA', 'CREATE', 'stream',
             '{}' from ${numbers}
      returning *)
    insert into delivery (integration_id, salesforce_connection_id, zenqms_connection_id, event_id, event_at, received_at, object, record_id, change_type, state)
    select i.id, ${SALESFORCE}, i.zenqms_connection_id, old.id, old.event_at, old.received_at, old.object, old.record_id, old.change_type, 'parked'
      from old, integration i`.execute(db);
}

/** Each of the hot statements once, for a handful of events. */
async function journey(db: Db, from: number): Promise<void> {
  const ids = [0, 1, 2].map((n) => recordId(from + n));
  const events = ids.map((id) => changeEvent({ recordId: id }));
  const route = routeFor(SALESFORCE, { priorPaths: () => [], bulkGuard: bulkGuard() });
  await receive(db, { connectionId: SALESFORCE, position: null, events }, route);
  const taken = await take(db, { limit: 10, lease: 'mine', leaseMs: 60_000 });
  expect(taken).toHaveLength(3);
  const keys = taken.map((delivery) => ({
    accountId: 'acc-1',
    recordId: delivery.event.recordId,
    scope: 'cat-1',
    categoryId: 'cat-1',
    deliveryId: delivery.id,
    fence: 'mine',
    idempotencyKey: 'key',
  }));
  await acquire(db, keys, { fence: 'mine', leaseMs: 60_000 });
  await markPosting(db, keys, { leaseMs: 60_000, accountWide: false });
  await settle(
    db,
    taken.map((delivery, n) => ended(delivery, n)),
  );
}

function ended(delivery: Delivery, n: number): Settlement {
  const key = { accountId: 'acc-1', recordId: delivery.event.recordId, scope: 'cat-1', fence: 'mine' };
  const attempt = { at: '2026-03-01T10:00:01.000Z', step: 'create', durationMs: 1, httpStatus: 503, code: 'c', message: 'm' };
  const claim = { ...key, state: 'created' as const, issueId: 'iss-1', issueNumber: 'C-1' };
  const common = { delivery, message: 'm', steps: [], claim };
  if (n === 0)
    return { ...common, kind: 'retried', reason: 'zenqms_unavailable', nextTryAt: new Date(Date.now() + 3_600_000), attempt };
  return {
    ...common,
    kind: 'finished',
    outcome: 'created',
    reason: 'created',
    issueId: 'iss-1',
    issueNumber: 'C-1',
    attempt: null,
  };
}

test.skipIf(!server).for(SIZES)('a plan that was made beside %d rows finds its few by an index beside many', async (size) => {
  const database = databases.get(size);
  if (!database) throw new Error('there is no database');
  const before = await read(database.db);
  await journey(database.db, 2_000_000 + size * 10);
  const after = await read(database.db);
  const looked = after.map((each, place) => ({
    name: each.name,
    rows: each.rows - (before[place]?.rows ?? 0),
    pages: each.pages - (before[place]?.pages ?? 0),
  }));
  expect(looked.filter((each) => each.rows > 500 || each.pages > MOST_PAGES)).toEqual([]);
  expect(looked.filter((each) => each.rows === 0).map((each) => each.name)).not.toContain('claim');
});

/** Rows that were looked at until now, and pages of 8 kB, of each table and its indexes. */
async function read(db: Db): Promise<{ name: string; rows: number; pages: number }[]> {
  // Flushed by hand: the figures of a session are else as much as a second late.
  await sql`select pg_stat_force_next_flush()`.execute(db);
  const { rows } = await sql<{ name: string; rows: number; pages: number }>`
    select substring(relname from 'event|delivery|claim|execution') as name, sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as rows,
           sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit, 0) + coalesce(idx_blks_read, 0))::int as pages
      from pg_stat_user_tables join pg_statio_user_tables using (schemaname, relname)
     where schemaname = ${schema} and relname ~ '^(event|delivery|claim|execution)(_default|_[0-9_]+)?$' group by 1 order by 1`.execute(
    db,
  );
  return rows;
}
