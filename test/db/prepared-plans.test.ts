/** A prepared plan is made once, when a table may hold nothing, and used when it holds much: it must not have become a scan of everything. */
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
const OLD = 20_000;
let database: Database;

beforeAll(async () => {
  if (!server) return;
  const url = new URL(server);
  // As it is anyway from the sixth time on.
  url.searchParams.set('options', '-c plan_cache_mode=force_generic_plan');
  database = openPostgres(url.href, { max: 1, schema });
  await sql.raw(`create schema ${schema}`).execute(database.db);
  await migrate(database.db);
  await seedConnections(database.db);
  await seedIntegration(database.db);
  await journey(database.db, 1);
  await sql`alter table claim set (autovacuum_enabled = off)`.execute(database.db);
  await sql`
    insert into claim (account_id, record_id, scope, category_id, state, delivery_id, fence, lease_until)
    select 'acc-1', '900' || lpad(n::text, 12, '0') || 'AAA', 'cat-1', 'cat-1', 'created', n, 'f', '-infinity' from generate_series(1, ${OLD}::int) n`.execute(
    database.db,
  );
  await sql`
    with old as (
      insert into event (event_at, connection_id, event_key, object, record_id, change_type, source, payload)
      select '2026-02-01'::timestamptz + n * interval '1 second', ${SALESFORCE}, 'old-' || n, 'Case', '900' || lpad(n::text, 12, '0') || 'AAA', 'CREATE', 'stream',
             '{}' from generate_series(1, ${OLD}::int) n
      returning *)
    insert into delivery (integration_id, salesforce_connection_id, zenqms_connection_id, event_id, event_at, received_at, object, record_id, change_type, state)
    select i.id, ${SALESFORCE}, i.zenqms_connection_id, old.id, old.event_at, old.received_at, old.object, old.record_id, old.change_type, 'parked'
      from old, integration i`.execute(database.db);
});
afterAll(async () => {
  if (!server) return;
  await sql.raw(`drop schema ${schema} cascade`).execute(database.db);
  await database.close();
});

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

test.skipIf(!server)('a plan that was made on empty tables finds its few rows by an index in full ones', async () => {
  const rows = async (): Promise<Map<string, number>> => {
    // Flushed by hand: the figures of a session are else as much as a second late.
    await sql`select pg_stat_force_next_flush()`.execute(database.db);
    const { rows: all } = await sql<{ name: string; n: number }>`
      select regexp_replace(relname, '_(default|[0-9_]+)$', '') as name, sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int as n
        from pg_stat_user_tables where schemaname = ${schema} group by 1`.execute(database.db);
    return new Map(all.map((row) => [row.name, row.n]));
  };
  const before = await rows();
  await journey(database.db, 101);
  const after = await rows();
  const looked = ['event', 'delivery', 'claim', 'execution'].map((name) => ({
    name,
    rows: (after.get(name) ?? 0) - (before.get(name) ?? 0),
  }));
  expect(looked.filter((each) => each.rows > 500)).toEqual([]);
  expect(looked.filter((each) => each.rows === 0).map((each) => each.name)).not.toContain('claim');
});
