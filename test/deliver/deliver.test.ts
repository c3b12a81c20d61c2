import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { deliverAll } from '../../relay/deliver/deliver.ts';
import type { ToDeliver } from '../../relay/deliver/outcomes.ts';
import { acquire, markPosting } from '../../relay/deliver/claims.ts';
import { bulkGuard } from '../../relay/inbox/bulk-guard.ts';
import { receive } from '../../relay/inbox/receive.ts';
import { routeFor } from '../../relay/inbox/route.ts';
import { retryExecution } from '../../relay/inbox/again.ts';
import { settle } from '../../relay/inbox/settle.ts';
import { take } from '../../relay/inbox/take.ts';
import { accounts, type Accounts } from '../../relay/run/accounts.ts';
import { deliverTo } from '../../relay/run/deliver-to.ts';
import { holds } from '../../relay/run/holds.ts';
import { makeLog } from '../../relay/run/log.ts';
import { type Zenqms, startZenqms } from '../standins/zenqms/server.ts';
import { TOKENS } from '../standins/zenqms/seed.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { changeEvent, recordId, SALESFORCE, seedConnections, seedIntegration, ZENQMS } from '../support/rows.ts';

let database: Database;
let zenqms: Zenqms;
let category: { id: string; key: string };
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyTables(database);
  await seedConnections(database.db);
  await seedIntegration(database.db);
  zenqms = await startZenqms();
  category = zenqms.store.categories.find((each) => each.key === 'NCR')!;
  now = Date.now();
});
const running: Relay[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((relay) => relay.accounts.close()));
  await zenqms.close();
});

/** Moved by hand: what waits for time waits for this. */
let now = Date.now();
let fences = 0;

interface Relay {
  readonly accounts: Accounts;
  deliver(items: readonly ToDeliver[]): Promise<void>;
}

function relay(options: { timeoutMs?: number } = {}): Relay {
  const db = database.db;
  const clock = { now: () => new Date(now), jitter: () => 0 };
  const log = makeLog('silent');
  const held = holds('zenqms_connection', { db, log, ...clock });
  const all = accounts({
    db,
    credentials: async (connectionId) => ({
      connectionId,
      baseUrl: zenqms.url,
      apiToken: TOKENS.full,
      settings: { authHeader: 'authorization', authScheme: 'Bearer', pathPrefix: '/v2', blackouts: [] },
    }),
    checkHost: () => undefined,
    holds: held,
    connections: 8,
    timeoutMs: options.timeoutMs ?? 5_000,
    draining: () => false,
    now: clock.now,
  });
  const send = deliverTo({
    db,
    accounts: all,
    holds: held,
    settle: (settlement) => settle(db, [settlement]),
    newFence: () => `fence-${(fences += 1)}`,
    claimLeaseMs: 60_000,
    searchLagMs: 10_000,
    draining: () => false,
    ...clock,
  });
  const made = { accounts: all, deliver: (items: readonly ToDeliver[]) => send(items, deliverAll) };
  running.push(made);
  return made;
}

async function arrive(numbers: readonly number[]): Promise<void> {
  const events = numbers.map((n) => changeEvent({ recordId: recordId(n) }));
  await receive(
    database.db,
    { connectionId: SALESFORCE, position: null, events },
    routeFor(SALESFORCE, { priorPaths: () => [], bulkGuard: bulkGuard() }),
  );
}

let leases = 0;
async function due(changes: Partial<ToDeliver['issue']> = {}): Promise<ToDeliver[]> {
  await database.db
    .updateTable('delivery')
    .set({ due_at: new Date(0) })
    .where('state', '=', 'ready')
    .execute();
  const deliveries = await take(database.db, { limit: 1000, lease: `lease-${(leases += 1)}`, leaseMs: 60_000 });
  return deliveries.map((delivery) => ({
    delivery,
    accountId: 'acc-1',
    scope: category.id,
    notes: [],
    steps: [],
    issue: {
      categoryId: category.id,
      title: `Record ${delivery.event.recordId}`,
      dueDate: '2026-12-31',
      assigneeId: 'usr_0001',
      firstStageAssigneeId: 'usr_0001',
      externalId: delivery.event.recordId,
      customFields: [],
      ...changes,
    },
  }));
}

const log = () => database.db.selectFrom('execution').selectAll().orderBy('id').execute();
const issuesOf = (n: number) => zenqms.issues().filter((issue) => issue.external_id === recordId(n));

test('a hundred records: one look-up, a hundred Issues', async () => {
  await arrive(Array.from({ length: 100 }, (_, n) => n));
  await relay().deliver(await due());
  expect(zenqms.counters()).toMatchObject({
    issuesMade: 100,
    operations: { searchIssues: 1, createIssue: 100 },
    contractProblems: [],
  });
  const rows = await log();
  expect(rows).toHaveLength(100);
  expect(new Set(rows.map((row) => `${row.outcome}/${row.reason}`))).toEqual(new Set(['created/created']));
  expect(rows[0]?.attempt_log).toMatchObject([{ step: 'create', httpStatus: 201 }]);
});

test('one that is refused stops nobody', async () => {
  await arrive([1, 2, 3]);
  const items = await due();
  const [first, second, third] = items.map((item, n) =>
    n === 1 ? { ...item, issue: { ...item.issue, assigneeId: 'nobody' } } : item,
  );
  await relay().deliver([first!, second!, third!]);
  expect((await log()).map((row) => [row.outcome, row.reason])).toEqual([
    ['created', 'created'],
    ['error', 'zenqms_refused'],
    ['created', 'created'],
  ]);
  // Mended and retried, the same row is created.
  expect(await retryExecution(database.db, second!.delivery.id, { force: false })).toBe('retrying');
  await relay().deliver(await due());
  expect((await log()).map((row) => row.outcome)).toEqual(['created', 'created', 'created']);
});

test('a second event of the record is skipped as its duplicate', async () => {
  await arrive([7, 7]);
  await relay().deliver(await due());
  await relay().deliver(await due());
  expect(issuesOf(7)).toHaveLength(1);
  expect((await log()).map((row) => [row.outcome, row.reason])).toEqual([
    ['created', 'created'],
    ['skipped', 'duplicate'],
  ]);
});

test('an Issue that somebody else made for the record is found, not doubled', async () => {
  await arrive([8]);
  const [item] = await due();
  zenqms.store.add(
    {
      category_id: category.id,
      title: 'By hand',
      due_date: '2026-12-31',
      assignee_id: 'usr_0001',
      first_stage_assignee_id: 'usr_0001',
      external_system: 'Salesforce',
      external_id: recordId(8),
      custom_fields: [],
    },
    zenqms.store.categories.find((each) => each.id === category.id)!,
    0,
  );
  await relay().deliver([item!]);
  expect(issuesOf(8)).toHaveLength(1);
  expect(await log()).toMatchObject([{ outcome: 'skipped', reason: 'duplicate', issue_id: issuesOf(8)[0]!.id }]);
});

test('a POST that was carried out but never answered is found again: one Issue, created', async () => {
  await arrive([9]);
  zenqms.faults.add({ kind: 'never_answer', operation: 'createIssue', committed: true });
  await relay({ timeoutMs: 200 }).deliver(await due());
  expect(await log()).toMatchObject([{ outcome: 'error', reason: 'zenqms_in_doubt', finished_at: null }]);
  await relay().deliver(await due());
  expect(issuesOf(9)).toHaveLength(1);
  expect(await log()).toMatchObject([{ outcome: 'created', issue_id: issuesOf(9)[0]!.id }]);
});

test('while the search may lag, what is in doubt is not sent again', async () => {
  await arrive([10]);
  zenqms.settings.searchLagMs = 60_000;
  zenqms.faults.add({ kind: 'reset', operation: 'createIssue', committed: true });
  await relay().deliver(await due());
  for (let look = 0; look < 3; look++) await relay().deliver(await due());
  expect(zenqms.counters().operations.createIssue).toBe(1);
  expect(issuesOf(10)).toHaveLength(1);
  zenqms.settings.searchLagMs = 0;
});

test('a POST that was lost on its way is sent again once the search can be believed', async () => {
  await arrive([11]);
  zenqms.faults.add({ kind: 'reset', operation: 'createIssue', committed: false });
  await relay().deliver(await due());
  await relay().deliver(await due());
  expect(zenqms.counters().operations.createIssue).toBe(1);
  now += 11_000;
  await relay().deliver(await due());
  expect(zenqms.counters().operations.createIssue).toBe(2);
  expect(issuesOf(11)).toHaveLength(1);
  expect(await log()).toMatchObject([{ outcome: 'created' }]);
});

test('killed between the POST and its record: whoever comes next finds the Issue', async () => {
  await arrive([12]);
  const [item] = await due();
  const key = { accountId: 'acc-1', recordId: recordId(12), scope: category.id, categoryId: category.id };
  await acquire(database.db, [{ ...key, deliveryId: item!.delivery.id }], { fence: 'dead', leaseMs: 60_000 });
  await markPosting(database.db, [{ ...key, fence: 'dead', idempotencyKey: 'k' }], { leaseMs: -1, accountWide: false });
  zenqms.store.add(
    {
      category_id: category.id,
      title: 'By the relay that died',
      due_date: '2026-12-31',
      assignee_id: 'usr_0001',
      first_stage_assignee_id: 'usr_0001',
      external_system: 'Salesforce',
      external_id: recordId(12),
      custom_fields: [],
    },
    zenqms.store.categories.find((each) => each.id === category.id)!,
    0,
  );
  await relay().deliver([item!]);
  expect(issuesOf(12)).toHaveLength(1);
  expect(await log()).toMatchObject([{ outcome: 'created', reason: 'created' }]);
});

test('409 is a duplicate, and the Issue that is there is named', async () => {
  zenqms.settings.uniqueExternalIds = true;
  zenqms.settings.searchLagMs = 3_600_000;
  zenqms.store.add(
    {
      category_id: category.id,
      title: 'Hidden by the lag',
      due_date: '2026-12-31',
      assignee_id: 'usr_0001',
      first_stage_assignee_id: 'usr_0001',
      external_system: 'Salesforce',
      external_id: recordId(13),
      custom_fields: [],
    },
    zenqms.store.categories.find((each) => each.id === category.id)!,
    3_600_000,
  );
  await arrive([13]);
  await relay().deliver(await due());
  expect(await log()).toMatchObject([{ outcome: 'skipped', reason: 'duplicate' }]);
  expect(issuesOf(13)).toHaveLength(1);
});

test('an Issue that was deleted in ZenQMS stays known, the message says so, and force makes another', async () => {
  await arrive([14]);
  await relay().deliver(await due());
  zenqms.delete(issuesOf(14)[0]!.id);
  now += 3_600_000;
  await arrive([14]);
  await relay().deliver(await due());
  const [, skipped] = await log();
  expect(skipped).toMatchObject({ outcome: 'skipped', reason: 'duplicate' });
  expect(skipped?.message).toContain('deleted');
  await retryExecution(database.db, String(skipped!.id), { force: true });
  await relay().deliver(await due());
  expect(issuesOf(14)).toHaveLength(1);
  expect((await log())[1]).toMatchObject({ outcome: 'created', issue_id: issuesOf(14)[0]!.id });
});

test('a refused token lets the whole connection rest; with a good one everything goes on', async () => {
  await arrive([15, 16, 17]);
  zenqms.faults.add({ kind: 'unauthorized', times: null });
  await relay().deliver(await due());
  expect(await take(database.db, { limit: 10, lease: 'x', leaseMs: 1000 })).toEqual([]);
  const connection = await database.db
    .selectFrom('zenqms_connection')
    .selectAll()
    .where('id', '=', ZENQMS)
    .executeTakeFirstOrThrow();
  expect(connection).toMatchObject({ status: 'unauthorized' });
  expect(new Set((await log()).map((row) => row.reason))).toEqual(new Set(['zenqms_unauthorized']));
  zenqms.faults.clear();
  await database.db.updateTable('zenqms_connection').set({ hold_until: null }).execute();
  await relay().deliver(await due());
  expect((await log()).map((row) => row.outcome)).toEqual(['created', 'created', 'created']);
});

test('429 is obeyed for the connection as a whole', async () => {
  await arrive([18]);
  zenqms.faults.add({ kind: 'rate_limited', retryAfter: 30, operation: 'createIssue' });
  await relay().deliver(await due());
  const connection = await database.db
    .selectFrom('zenqms_connection')
    .selectAll()
    .where('id', '=', ZENQMS)
    .executeTakeFirstOrThrow();
  expect(connection.hold_until!.getTime()).toBeGreaterThan(Date.now() + 25_000);
  expect(await log()).toMatchObject([{ outcome: 'error', reason: 'zenqms_unavailable', finished_at: null }]);
});

test('two relays with the same records at once: one Issue each', async () => {
  await arrive(Array.from({ length: 40 }, (_, n) => 100 + n));
  await arrive(Array.from({ length: 40 }, (_, n) => 100 + n));
  const items = await due();
  await Promise.all([relay().deliver(items.slice(0, 40)), relay().deliver(items.slice(40))]);
  await relay().deliver(await due());
  expect(zenqms.issues()).toHaveLength(40);
  const rows = await log();
  expect(rows.filter((row) => row.outcome === 'created')).toHaveLength(40);
  expect(rows.filter((row) => row.reason === 'duplicate')).toHaveLength(40);
});
