import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { discardHeld, held, park, releaseHeld, retryErrors, retryExecution, unpark } from '../../relay/inbox/again.ts';
import { bulkGuard } from '../../relay/inbox/bulk-guard.ts';
import { receive } from '../../relay/inbox/receive.ts';
import { routeFor } from '../../relay/inbox/route.ts';
import type { Delivery } from '../../relay/inbox/rows.ts';
import { type Finished, type Retried, settle } from '../../relay/inbox/settle.ts';
import { beginRefresh } from '../../relay/connections/salesforce-connections.ts';
import { renew, take, takeOver } from '../../relay/inbox/take.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { changeEvent, INTEGRATION, SALESFORCE, seedConnections, seedIntegration, ZENQMS } from '../support/rows.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  await emptyTables(database);
  await seedConnections(database.db);
});
afterAll(() => database.close());

async function events(count: number): Promise<void> {
  const batch = { connectionId: SALESFORCE, position: null, events: Array.from({ length: count }, () => changeEvent()) };
  await receive(database.db, batch, routeFor(SALESFORCE, { priorPaths: () => [], bulkGuard: bulkGuard() }));
}

const taken = (limit = 10, lease = 'lease-a', leaseMs = 60_000) => take(database.db, { limit, lease, leaseMs });

const attempt = {
  at: '2026-03-01T10:00:01.000Z',
  step: 'create',
  durationMs: 12,
  httpStatus: 503,
  code: 'unavailable',
  message: 'busy',
};
const finished = (delivery: Delivery, changes: Partial<Finished> = {}): Finished => ({
  kind: 'finished',
  delivery,
  outcome: 'created',
  reason: 'created',
  message: 'Issue COMPLAINT-1 was created.',
  issueId: 'iss-1',
  issueNumber: 'COMPLAINT-1',
  steps: [],
  attempt: { ...attempt, httpStatus: 201, code: 'created' },
  claim: null,
  ...changes,
});
const retried = (delivery: Delivery, nextTryAt: Date): Retried => ({
  kind: 'retried',
  delivery,
  reason: 'zenqms_unavailable',
  message: 'ZenQMS is busy.',
  nextTryAt,
  steps: [],
  attempt,
  claim: null,
});
const log = () => database.db.selectFrom('execution').selectAll().orderBy('id').execute();
const work = () => database.db.selectFrom('delivery').selectAll().orderBy('id').execute();

test('what is taken is nobody else’s until its lease ends', async () => {
  await seedIntegration(database.db);
  await events(3);
  expect(await taken(2)).toHaveLength(2);
  expect(await taken(5, 'lease-b')).toMatchObject([{ abandoned: false }]);
  expect(await taken(5, 'lease-c')).toEqual([]);
});

test('a lease that is renewed does not end, whoever holds another token', async () => {
  await seedIntegration(database.db);
  await events(2);
  const [kept, lost] = await taken(2, 'mine', -1);
  await renew(database.db, [kept!, { id: lost!.id, lease: 'an older one' }], 60_000);
  expect((await taken(5, 'other')).map((each) => each.id)).toEqual([lost!.id]);
});

test('work in hand is left alone by a pause, and is of nobody but its holder', async () => {
  await seedIntegration(database.db);
  await events(3);
  const [inHand] = await taken(1);
  await taken(1, 'dead', -1);
  await park(database.db, INTEGRATION);
  expect((await work()).map((row) => row.state).sort()).toEqual(['parked', 'parked', 'ready']);
  await settle(database.db, [finished(inHand!)]);
  await unpark(database.db, INTEGRATION);
  expect(await taken()).toHaveLength(2);
});

test('a lease that is over comes back, and its holder can write nothing any more', async () => {
  await seedIntegration(database.db);
  await events(1);
  const [frozen] = await taken(1, 'frozen', -1);
  const [mine] = await taken(1, 'mine');
  expect(mine?.abandoned).toBe(true);
  await settle(database.db, [finished(frozen!, { message: 'late' })]);
  expect(await log()).toEqual([]);
  await settle(database.db, [finished(mine!)]);
  expect(await log()).toMatchObject([{ outcome: 'created', issue_id: 'iss-1', attempts: 1 }]);
  expect(await work()).toEqual([]);
});

test('a try in vain is an error in the log until the next one, and then the same row', async () => {
  await seedIntegration(database.db);
  await events(1);
  const [first] = await taken();
  await settle(database.db, [retried(first!, new Date(Date.now() - 1000))]);
  expect(await log()).toMatchObject([{ outcome: 'error', reason: 'zenqms_unavailable', attempts: 1, finished_at: null }]);
  const [second] = await taken();
  expect(second).toMatchObject({ id: first!.id, attempts: 1, attemptLog: [attempt] });
  await settle(database.db, [finished(second!)]);
  const rows = await log();
  expect(rows).toMatchObject([{ outcome: 'created', attempts: 2, next_try_at: null }]);
  expect(rows[0]?.attempt_log).toHaveLength(2);
});

test('nothing is taken of a paused integration or of a connection that rests', async () => {
  await seedIntegration(database.db);
  await events(2);
  await database.db.updateTable('integration').set({ status: 'paused' }).execute();
  expect(await taken()).toEqual([]);
  await database.db.updateTable('integration').set({ status: 'active' }).execute();
  await database.db
    .updateTable('zenqms_connection')
    .set({ hold_until: new Date(Date.now() + 60_000) })
    .where('id', '=', ZENQMS)
    .execute();
  expect(await taken()).toEqual([]);
  await database.db
    .updateTable('zenqms_connection')
    .set({ hold_until: new Date(Date.now() - 1) })
    .execute();
  expect(await taken()).toHaveLength(2);
});

test('an error waits for a person, who can retry it: the same row ends anew', async () => {
  await seedIntegration(database.db);
  await events(1);
  const [delivery] = await taken();
  await settle(database.db, [
    finished(delivery!, { outcome: 'error', reason: 'zenqms_refused', issueId: null, issueNumber: null }),
  ]);
  expect(await retryExecution(database.db, delivery!.id, { force: false })).toBe('retrying');
  const [again] = await taken();
  expect(again).toMatchObject({ id: delivery!.id, attempts: 1, force: false });
  expect(again!.receivedAt).toEqual(delivery!.receivedAt);
  await settle(database.db, [finished(again!)]);
  expect(await log()).toMatchObject([{ outcome: 'created', attempts: 2 }]);
  expect(await retryExecution(database.db, delivery!.id, { force: false })).toBe('already_created');
  expect(await retryExecution(database.db, delivery!.id, { force: true })).toBe('retrying');
  expect(await taken()).toMatchObject([{ force: true }]);
  expect(await retryExecution(database.db, '999', { force: false })).toBe('not_found');
});

test('all errors of an integration are retried together, those that wait for their time too', async () => {
  await seedIntegration(database.db);
  await events(3);
  const [a, b, c] = await taken();
  await settle(database.db, [
    finished(a!, { outcome: 'error', reason: 'zenqms_refused' }),
    retried(b!, new Date(Date.now() + 3_600_000)),
    finished(c!),
  ]);
  expect(await retryErrors(database.db, INTEGRATION, null)).toBe(2);
  expect((await taken()).map((delivery) => delivery.id)).toEqual([a!.id, b!.id]);
});

test('parked work waits and goes on', async () => {
  await seedIntegration(database.db);
  await events(2);
  await park(database.db, INTEGRATION);
  expect(await taken()).toEqual([]);
  expect(await unpark(database.db, INTEGRATION)).toBe(2);
  expect(await taken()).toHaveLength(2);
});

test('held work is released or discarded, and discarding is logged', async () => {
  await seedIntegration(database.db, { definition: { bulkLimit: 0 } });
  await events(2);
  expect(await held(database.db, INTEGRATION)).toMatchObject({ count: 2 });
  expect(await discardHeld(database.db, INTEGRATION, 'an admin')).toBe(2);
  expect(await log()).toMatchObject([
    { outcome: 'skipped', reason: 'discarded' },
    { outcome: 'skipped', reason: 'discarded' },
  ]);
  await events(1);
  expect(await releaseHeld(database.db, INTEGRATION)).toBe(1);
  expect(await taken()).toHaveLength(1);
});

test('where only one process can be, what an earlier one had in hand is taken over at once', async () => {
  await seedIntegration(database.db);
  await events(2);
  await taken(2, 'the one that was killed');
  expect(await taken(2, 'mine')).toEqual([]);
  await beginRefresh(database.db, SALESFORCE, { by: 'the one that was killed', forMs: 60_000 });
  await takeOver(database.db);
  expect(await taken(2, 'mine')).toHaveLength(2);
  expect(await beginRefresh(database.db, SALESFORCE, { by: 'mine', forMs: 60_000 })).toBe(true);
});
