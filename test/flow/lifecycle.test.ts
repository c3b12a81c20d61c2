/** What a relay lives through: kills, stops, pauses, tokens that end, positions that age. One journey, told in order. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Journey, startJourney } from '../support/journey.ts';
import { until } from '../support/relay-process.ts';

let journey: Journey;
let id = '';
const db = () => journey.salesforce.db;
const insert = (subject: string): string => db().insert('Case', { Subject: subject });
const issuesOf = (recordId: string) => journey.zenqms.issues().filter((issue) => issue.external_id === recordId);
const created = (recordId: string, withinMs?: number) =>
  until(`an Issue for ${recordId}`, () => issuesOf(recordId).length === 1, withinMs);
const reasonOf = (recordId: string) =>
  until(
    `an outcome of ${recordId}`,
    async () => (await journey.executions({ recordId })).find((row) => row.finishedAt !== null)?.reason,
  );
const connection = () => journey.relay.ok('GET', `/api/v1/salesforce/connections/${journey.salesforceId}`);
const post = (path: string, body: unknown = {}) => journey.relay.ok('POST', path, body);

beforeAll(async () => {
  journey = await startJourney({ relay: { env: { ZENQMS_TIMEOUT_MS: '2000' } } });
  ({ id } = await journey.integration({ triggerOn: 'create' }));
});
afterAll(() => journey.close());

test('an event of the time when the relay was down is processed, even the very first one', async () => {
  expect(await journey.relay.kill('SIGTERM')).toBe(0);
  const first = insert('While it was down');
  await journey.restart();
  await created(first);
});

test('killed while POSTs are under way: one Issue each', async () => {
  journey.zenqms.settings.latencyByOperation = { createIssue: 150 };
  const ids = Array.from({ length: 60 }, (_, n) => insert(`Kill ${n}`));
  await until('some are made', () => ids.filter((each) => issuesOf(each).length > 0).length >= 10);
  await journey.relay.kill('SIGKILL');
  journey.zenqms.settings.latencyByOperation = {};
  await journey.restart();
  await until('all are made', () => ids.every((each) => issuesOf(each).length >= 1), 90_000);
  expect(ids.filter((each) => issuesOf(each).length !== 1)).toEqual([]);
  await until(
    'all are recorded',
    async () => {
      const rows = await journey.executions({ integrationId: id });
      return ids.every((each) => rows.some((row) => row.recordId === each && row.outcome === 'created'));
    },
    90_000,
  );
});

test('stopped in a backlog: ends in time with 0, and nothing is lost', async () => {
  journey.zenqms.settings.latencyByOperation = { createIssue: 100 };
  const ids = Array.from({ length: 200 }, (_, n) => insert(`Stop ${n}`));
  await until('some are made', () => ids.some((each) => issuesOf(each).length > 0));
  const asked = performance.now();
  expect(await journey.relay.kill('SIGTERM')).toBe(0);
  expect(performance.now() - asked).toBeLessThan(10_000);
  journey.zenqms.settings.latencyByOperation = {};
  await journey.restart();
  await until('all are made', () => ids.every((each) => issuesOf(each).length >= 1), 90_000);
  expect(ids.filter((each) => issuesOf(each).length !== 1)).toEqual([]);
});

test('a session that ends in the stream is refreshed, and the rotated token survives a restart', async () => {
  journey.salesforce.org.sessions.expireAccessTokens();
  await created(insert('After the session ended'), 30_000);
  await journey.relay.kill('SIGKILL');
  journey.salesforce.org.sessions.expireAccessTokens();
  await journey.restart();
  await created(insert('After the restart'), 30_000);
});

test('a client that Salesforce forgot, or sent away, comes back', async () => {
  journey.salesforce.cometd.forgetClients();
  await created(insert('Forgotten'), 30_000);
  journey.salesforce.cometd.disconnectClients();
  await created(insert('Sent away'), 30_000);
});

test('a position that aged out is noticed, and what is missing is found by query', async () => {
  await journey.relay.kill('SIGTERM');
  const lost = insert('Aged out');
  journey.salesforce.age(-1_000);
  await journey.restart();
  await created(lost, 60_000);
  expect(journey.relay.logs.some((line) => String(line['msg']).includes('no longer reaches back'))).toBe(true);
  await created(insert('And it goes on'), 30_000);
});

test('a position that aged out while one of two was paused: its search waits until it is resumed', async () => {
  const other = await journey.integration({ name: 'Other', triggerOn: 'create', categoryId: 'cat_audit' });
  await post(`/api/v1/integrations/${id}/pause`);
  await journey.relay.kill('SIGTERM');
  const lost = insert('Aged out in a pause');
  journey.salesforce.age(-1_000);
  await journey.restart();
  await until('the other has it', () => issuesOf(lost).length === 1, 60_000);
  await post(`/api/v1/integrations/${id}/resume`, { from: 'pause' });
  await until('both categories have one', () => issuesOf(lost).length === 2, 60_000);
  await journey.relay.ok('DELETE', `/api/v1/integrations/${other.id}`);
  await created(insert('And it goes on again'));
});

test('paused and resumed from now: what happened meanwhile is seen and left', async () => {
  await post(`/api/v1/integrations/${id}/pause`);
  await until('nobody listens any more', () => journey.salesforce.cometd.clients() === 0);
  const meanwhile = insert('In the pause');
  await post(`/api/v1/integrations/${id}/resume`, { from: 'now' });
  expect(await reasonOf(meanwhile)).toBe('paused');
  await created(insert('After the pause'));
  expect(issuesOf(meanwhile)).toEqual([]);
});

test('paused and resumed from the pause, over a restart: it is worked off', async () => {
  await post(`/api/v1/integrations/${id}/pause`);
  const meanwhile = insert('In another pause');
  await journey.relay.kill('SIGTERM');
  await journey.restart();
  await post(`/api/v1/integrations/${id}/resume`, { from: 'pause' });
  await created(meanwhile);
});

test('paused while another keeps the stream alive: parked, and worked off or left', async () => {
  const other = await journey.integration({ name: 'Other', triggerOn: 'create', categoryId: 'cat_audit' });
  await post(`/api/v1/integrations/${id}/pause`);
  const parked = insert('Parked');
  await until('the other has it', () => issuesOf(parked).length === 1);
  const status = await journey.relay.ok('GET', `/api/v1/integrations/${id}/status`);
  expect(status).toMatchObject({ status: 'paused' });
  await post(`/api/v1/integrations/${id}/resume`, { from: 'pause' });
  await until('both categories have one', () => issuesOf(parked).length === 2);
  await journey.relay.ok('DELETE', `/api/v1/integrations/${other.id}`);
});

test('authorisation withdrawn: it says so; authorised again it goes on where it stopped', async () => {
  journey.salesforce.org.sessions.revokeRefreshTokens();
  journey.salesforce.cometd.forgetClients();
  await until('it says so', async () => (await connection()).status === 'reauthorization_required', 30_000);
  const meanwhile = insert('While nobody was let in');
  const { authorizeUrl } = await post(`/api/v1/salesforce/connections/${journey.salesforceId}/authorize`);
  const { location } = await journey.salesforce.authorizeInBrowser(authorizeUrl);
  expect((await fetch(location!)).status).toBe(200);
  await created(meanwhile, 60_000);
  expect((await connection()).status).toBe('connected');
});

test('a ZenQMS token that is refused is said, and a new one lets everything go on', async () => {
  journey.zenqms.faults.add({ kind: 'unauthorized', times: null });
  const waiting = insert('Token refused');
  await until(
    'the log says so',
    async () => (await journey.executions({ recordId: waiting }))[0]?.reason === 'zenqms_unauthorized',
  );
  journey.zenqms.faults.clear();
  await journey.relay.ok('PATCH', `/api/v1/zenqms/connections/${journey.zenqmsId}`, { apiToken: 'zqt_full_5f2c9a7e1b' });
  await created(waiting, 30_000);
});

test('another object joins the running stream', async () => {
  const accounts = await journey.integration({ name: 'Accounts', object: 'Account', categoryId: 'cat_audit' });
  expect(accounts.status).toBe('active');
  await created(db().insert('Account', { Name: 'New hospital' }));
  await created(insert('And Cases still come'));
});

test('a record deleted before it was read, one that is hidden, and a message that can’t be read', async () => {
  journey.salesforce.org.faults.add({ path: '/composite/sobjects/Case', answer: { kind: 'slow', ms: 400 } });
  const gone = insert('Deleted at once');
  db().delete('Case', gone);
  expect(
    await until('both events', async () =>
      (await journey.executions({ recordId: gone }))
        .map((row) => row.reason)
        .sort()
        .join(),
    ),
  ).toBeTruthy();
  await until('it is told apart', async () =>
    (await journey.executions({ recordId: gone })).some((row) => row.reason === 'record_deleted'),
  );
  journey.salesforce.publish('CaseChangeEvent', {
    ChangeEventHeader: { entityName: 'Case', changeType: 'CREATE', recordIds: 'nonsense' },
    Subject: 'a\u0000b',
  });
  await until('the poison is named', async () => (await journey.executions({ reason: 'poisoned_event' })).length > 0);
  await created(insert('And the stream goes on'));
});

test('two integrations into one category: one Issue, the second is a duplicate', async () => {
  const twin = await journey.integration({ name: 'Twin', triggerOn: 'create' });
  const shared = insert('Shared');
  await until(
    'both have an outcome',
    async () => (await journey.executions({ recordId: shared })).filter((row) => row.finishedAt).length === 2,
  );
  expect((await journey.executions({ recordId: shared })).map((row) => row.reason).sort()).toEqual(['created', 'duplicate']);
  expect(issuesOf(shared)).toHaveLength(1);
  await journey.relay.ok('DELETE', `/api/v1/integrations/${twin.id}`);
});

test('a catch-up asked for finds what was there before', async () => {
  await journey.relay.ok('DELETE', `/api/v1/integrations/${id}`);
  const before = db().insert('Opportunity', { Name: 'Recall order', StageName: 'Prospecting' });
  const late = await journey.integration({ name: 'Late', object: 'Opportunity', categoryId: 'cat_scar' });
  const { id: catchUp } = await post(`/api/v1/integrations/${late.id}/catch-up`, {
    since: new Date(Date.now() - 3_600_000).toISOString(),
  });
  expect(catchUp).toBeTruthy();
  await created(before, 30_000);
});
