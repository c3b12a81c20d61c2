/** What people do with integrations and their work while events come in. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Execution, type Journey, connectSalesforce, startJourney } from '../support/journey.ts';
import { until } from '../support/relay-process.ts';
import { startSalesforce } from '../standins/salesforce/server.ts';

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney();
});
afterAll(() => journey.close());

const insert = (values: Record<string, unknown> = {}): string =>
  journey.salesforce.db.insert('Case', { Subject: 'Leak', ...values });
const issuesOf = (recordId: string) => journey.zenqms.issues().filter((issue) => issue.external_id === recordId);
const ended = (integrationId: string, recordId: string): Promise<Execution> =>
  until(`an outcome of ${recordId}`, async () =>
    (await journey.executions({ integrationId, recordId })).find((row) => row.finishedAt !== null),
  );
const remove = (id: string) => journey.relay.ok('DELETE', `/api/v1/integrations/${id}`);
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

test('deleted with work that waits and work that is under way: each has an outcome, and it is the true one', async () => {
  const { id } = await journey.integration({ triggerOn: 'create', bulkLimit: 40 });
  journey.zenqms.settings.latencyByOperation = { createIssue: 700 };
  const ids = Array.from({ length: 60 }, (_, n) => insert({ Subject: `Deleted ${n}` }));
  await until('some POSTs are under way', () => journey.zenqms.counters().operations.createIssue >= 8);
  await remove(id);
  journey.zenqms.settings.latencyByOperation = {};
  const rows = await journey.settled(id, 60);
  expect(rows).toHaveLength(60);
  const posted = ids.filter((each) => issuesOf(each).length > 0).sort();
  expect(posted.length).toBeGreaterThan(0);
  expect(
    rows
      .filter((row) => row.outcome === 'created')
      .map((row) => row.recordId)
      .sort(),
  ).toEqual(posted);
  expect(new Set(rows.filter((row) => row.outcome !== 'created').map((row) => row.reason))).toEqual(new Set(['discarded']));
});

test('a bulk load that is discarded is logged as that', async () => {
  const { id } = await journey.integration({ triggerOn: 'create', bulkLimit: 2 });
  const ids = Array.from({ length: 6 }, () => insert());
  await until('four are held', async () => (await journey.relay.ok('GET', `/api/v1/integrations/${id}/held`)).count === 4);
  expect(await journey.relay.ok('POST', `/api/v1/integrations/${id}/held/discard`)).toEqual({ discarded: 4 });
  const rows = await journey.settled(id, 6);
  expect(rows.map((row) => row.reason).sort()).toEqual([
    'created',
    'created',
    'discarded',
    'discarded',
    'discarded',
    'discarded',
  ]);
  expect(ids.flatMap(issuesOf)).toHaveLength(2);
  await remove(id);
});

test('two save at once: the second is told; what was saved counts for the next event', async () => {
  const made = await journey.integration({ triggerOn: 'create', filterFormula: "ISPICKVAL(Priority, 'High')" });
  const path = `/api/v1/integrations/${made.id}`;
  const first = insert({ Priority: 'Low' });
  expect(await ended(made.id, first)).toMatchObject({ reason: 'filter_false' });
  const { id: _id, activatedAt: _a, pausedAt: _p, createdAt: _c, updatedAt: _u, ...read } = await journey.relay.ok('GET', path);
  const saved = await journey.relay.ok('PUT', path, { ...read, filterFormula: "ISPICKVAL(Priority, 'Low')" });
  expect(saved).toMatchObject({ revision: read.revision + 1, status: 'active' });
  const late = await journey.relay.call('PUT', path, { ...read, name: 'Too late' });
  expect(late).toMatchObject({ status: 409, body: { error: { code: 'revision_conflict' } } });
  expect(await ended(made.id, insert({ Priority: 'Low' }))).toMatchObject({ outcome: 'created' });
  expect(await ended(made.id, insert({ Priority: 'High' }))).toMatchObject({ reason: 'filter_false' });
  // Another object: what it was follows no more, what it is follows from the answer on.
  const moved = await journey.relay.ok('PUT', path, {
    ...read,
    object: 'Account',
    filterFormula: null,
    revision: saved.revision,
  });
  expect(moved.status).toBe('active');
  expect(await ended(made.id, journey.salesforce.db.insert('Account', { Name: 'Clinic' }))).toMatchObject({ outcome: 'created' });
  await remove(made.id);
});

test('a catch-up asked for tells how far it is, and doubles nothing that the stream has brought', async () => {
  const { db } = journey.salesforce;
  const before = db.silently(() =>
    db.insertMany(
      'Case',
      Array.from({ length: 30 }, (_, n) => ({ Subject: `Silent ${n}` })),
    ),
  );
  const { id } = await journey.integration({ triggerOn: 'create' });
  const known = insert();
  await ended(id, known);
  expect((await journey.relay.call('GET', `/api/v1/integrations/${id}/catch-up`)).status).toBe(404);
  await journey.relay.ok('POST', `/api/v1/integrations/${id}/catch-up`, { since: ago(60_000) });
  const progress = await until('it is done', async () => {
    const answer = await journey.relay.ok('GET', `/api/v1/integrations/${id}/catch-up`);
    return answer.state === 'done' && answer;
  });
  expect(progress).toMatchObject({ cause: 'asked', finishedAt: expect.any(String) });
  expect(progress.found).toBeGreaterThanOrEqual(31);
  for (const recordId of before) expect(await ended(id, recordId)).toMatchObject({ outcome: 'created' });
  expect(await journey.executions({ integrationId: id, recordId: known })).toHaveLength(1);
  expect([...before, known].filter((each) => issuesOf(each).length !== 1)).toEqual([]);
  await journey.relay.ok('POST', `/api/v1/integrations/${id}/catch-up`, { since: ago(60_000) });
  const again = await until('another is done', async () => {
    const answer = await journey.relay.ok('GET', `/api/v1/integrations/${id}/catch-up`);
    return answer.state === 'done' && answer.id !== progress.id && answer;
  });
  expect(again.added).toBe(0);
  await remove(id);
});

test('a retry while the integration is paused waits for the resume', async () => {
  const { id } = await journey.integration({ triggerOn: 'create', filterFormula: '100 / Quantity__c > 1' });
  const recordId = insert({ Quantity__c: 0 });
  const row = await ended(id, recordId);
  expect(row).toMatchObject({ reason: 'formula_error' });
  journey.salesforce.db.update('Case', recordId, { Quantity__c: 4 });
  await journey.relay.ok('POST', `/api/v1/integrations/${id}/pause`);
  await journey.relay.ok('POST', `/api/v1/executions/${row.id}/retry`);
  expect(await journey.relay.ok('GET', `/api/v1/integrations/${id}/status`)).toMatchObject({ status: 'paused', waiting: 1 });
  await journey.relay.ok('POST', `/api/v1/integrations/${id}/resume`);
  // The event's own values count in the filter: the division stays one by zero, and the row stays one.
  await until(
    'it was tried again',
    async () => (await journey.relay.ok('GET', `/api/v1/integrations/${id}/status`)).waiting === 0,
  );
  expect((await journey.executions({ integrationId: id, recordId })).map((each) => each.reason).sort()).toEqual([
    'formula_error',
    'trigger_not_matched',
  ]);
  await remove(id);
});

test('two orgs at once: each record goes its own way, and one that is cut off does not stop the other', async () => {
  const second = await startSalesforce({ connectTimeoutMs: 2_000, orgId: '00D5x000009OtherEAC' });
  try {
    const secondId = await connectSalesforce(journey.relay, second);
    const here = await journey.integration({ triggerOn: 'create' });
    const there = await journey.integration({
      name: 'There',
      triggerOn: 'create',
      categoryId: 'cat_audit',
      salesforceConnectionId: secondId,
    });
    expect([here.status, there.status]).toEqual(['active', 'active']);
    const one = insert();
    const other = second.db.insert('Account', { Name: 'Not asked for' });
    const two = second.db.insert('Case', { Subject: 'In the second org' }, { id: '5009x00000000TwAAI' });
    expect(await ended(here.id, one)).toMatchObject({ outcome: 'created' });
    expect(await ended(there.id, two)).toMatchObject({ outcome: 'created' });
    expect(await journey.executions({ recordId: other })).toEqual([]);
    second.org.sessions.revokeRefreshTokens();
    second.cometd.forgetClients();
    await until(
      'it says so',
      async () =>
        (await journey.relay.ok('GET', `/api/v1/salesforce/connections/${secondId}`)).status === 'reauthorization_required',
    );
    expect(await ended(here.id, insert())).toMatchObject({ outcome: 'created' });
    expect((await journey.relay.ok('GET', `/api/v1/salesforce/connections/${journey.salesforceId}`)).status).toBe('connected');
    await remove(here.id);
    await remove(there.id);
    expect((await journey.relay.call('DELETE', `/api/v1/salesforce/connections/${secondId}`)).status).toBe(204);
  } finally {
    await second.close();
  }
});
