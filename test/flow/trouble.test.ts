/** ZenQMS at its worst: what it answers late, wrongly or never, and what is known of the Issue after. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TOKENS } from '../standins/zenqms/seed.ts';
import { type Execution, type Journey, startJourney } from '../support/journey.ts';
import { until } from '../support/relay-process.ts';

let journey: Journey;
let id = '';
beforeAll(async () => {
  journey = await startJourney({ relay: { env: { ZENQMS_TIMEOUT_MS: '4000' } } });
  ({ id } = await journey.integration({ triggerOn: 'create' }));
});
afterAll(() => journey.close());

const insert = (subject = 'Leak'): string => journey.salesforce.db.insert('Case', { Subject: subject });
const issuesOf = (recordId: string) => journey.zenqms.issues().filter((issue) => issue.external_id === recordId);
const rowOf = async (recordId: string): Promise<Execution | undefined> => (await journey.executions({ recordId }))[0];
const ended = (recordId: string, withinMs?: number): Promise<Execution> =>
  until(
    `an outcome of ${recordId}`,
    async () => {
      const row = await rowOf(recordId);
      return row?.finishedAt ? row : null;
    },
    withinMs,
  );
/** Nothing is fetched before `act` has named the record: a fault for one record can't come too late. */
const insertWith = (act: (recordId: string) => void): string => {
  const recordId = insert();
  act(recordId);
  return recordId;
};

let slow = '';
test('a POST that ZenQMS carries out long after its time limit (seen at the end)', async () => {
  const { createIssue } = journey.zenqms.counters().operations;
  journey.zenqms.settings.latencyByOperation = { createIssue: 17_000 };
  slow = insert('Slow');
  await until('it is sent', () => journey.zenqms.counters().operations.createIssue > createIssue);
  journey.zenqms.settings.latencyByOperation = {};
});

test('of a hundred records ZenQMS refuses one: the others are made, and it waits for a person', async () => {
  const ids = Array.from({ length: 101 }, (_, n) => insert(`Of many ${n}`));
  const refused = ids[50]!;
  journey.zenqms.faults.add({ kind: 'status', status: 422, operation: 'createIssue', externalId: refused });
  const rows = await until('each has an outcome', async () => {
    const own = (await journey.executions({ integrationId: id })).filter((row) => ids.includes(row.recordId) && row.finishedAt);
    return own.length === 101 && own;
  });
  expect(rows.filter((row) => row.outcome !== 'created')).toMatchObject([
    { recordId: refused, reason: 'zenqms_refused', attempts: 1 },
  ]);
  const detail = await journey.relay.ok('GET', `/api/v1/executions/${rows.find((row) => row.recordId === refused)!.id}`);
  expect(detail.attemptLog).toMatchObject([{ step: 'create', httpStatus: 422 }]);
  const { retried } = await journey.relay.ok('POST', '/api/v1/executions/retry', { integrationId: id, outcome: 'error' });
  expect(retried).toBe(1);
  await until('it is made', async () => (await rowOf(refused))?.outcome === 'created');
  expect(ids.filter((each) => issuesOf(each).length !== 1)).toEqual([]);
});

test('a POST that is carried out and never answered: its Issue is found, and no second one made', async () => {
  const recordId = insertWith((externalId) =>
    journey.zenqms.faults.add({ kind: 'never_answer', committed: true, operation: 'createIssue', externalId }),
  );
  await until('it is in doubt', async () => (await rowOf(recordId))?.reason === 'zenqms_in_doubt');
  const row = await ended(recordId);
  expect(row).toMatchObject({ outcome: 'created', reason: 'created' });
  expect(issuesOf(recordId).map((issue) => issue.id)).toEqual([row.issueId]);
});

test('one whose answer breaks off, while the search lags behind: the same', async () => {
  journey.zenqms.settings.searchLagMs = 2_000;
  const recordId = insertWith((externalId) =>
    journey.zenqms.faults.add({ kind: 'truncated', operation: 'createIssue', externalId }),
  );
  const row = await ended(recordId, 40_000);
  journey.zenqms.settings.searchLagMs = 0;
  expect(row).toMatchObject({ outcome: 'created' });
  expect(issuesOf(recordId).map((issue) => issue.id)).toEqual([row.issueId]);
});

test('an Issue that somebody else made, which the search does not show yet: ZenQMS’s 409 is a duplicate', async () => {
  journey.zenqms.settings.uniqueExternalIds = true;
  const recordId = journey.salesforce.db.silently(() => insert());
  const category = journey.zenqms.store.categories.find((each) => each.id === 'cat_ncr')!;
  const theirs = journey.zenqms.store.add(
    {
      category_id: 'cat_ncr',
      title: 'By hand',
      due_date: '2027-01-01',
      assignee_id: 'usr_0001',
      first_stage_assignee_id: 'usr_0001',
      external_system: 'Salesforce',
      external_id: recordId,
      custom_fields: [],
    },
    category,
    3_600_000,
  );
  journey.salesforce.db.update('Case', recordId, { Subject: 'Not yet' });
  await journey.relay.ok('POST', `/api/v1/integrations/${id}/catch-up`, { since: new Date(Date.now() - 60_000).toISOString() });
  const row = await until('an outcome', async () =>
    (await journey.executions({ recordId, reason: 'duplicate' })).find((each) => each.finishedAt !== null),
  );
  journey.zenqms.settings.uniqueExternalIds = false;
  expect(row).toMatchObject({ outcome: 'skipped' });
  expect(issuesOf(recordId)).toEqual([theirs]);
});

test('429 with Retry-After, a proxy’s page, and 503: the connection waits, the record is made', async () => {
  journey.zenqms.faults.add({ kind: 'rate_limited', retryAfter: 2, operation: 'createIssue' });
  const limited = insert();
  await ended(limited);
  const detail = await journey.relay.ok('GET', `/api/v1/executions/${(await rowOf(limited))!.id}`);
  const [first, second] = detail.attemptLog as { at: string; httpStatus: number }[];
  expect([first!.httpStatus, second!.httpStatus]).toEqual([429, 201]);
  expect(Date.parse(second!.at) - Date.parse(first!.at)).toBeGreaterThanOrEqual(2_000);
  journey.zenqms.faults.add({ kind: 'html', status: 502, operation: 'searchIssues' });
  const proxied = insert();
  expect(await ended(proxied)).toMatchObject({ outcome: 'created' });
  journey.zenqms.faults.add({ kind: 'status', status: 503, headers: { 'retry-after': '1' }, operation: 'searchIssues' });
  const away = insert();
  expect(await ended(away)).toMatchObject({ outcome: 'created' });
  expect([limited, proxied, away].map((each) => issuesOf(each).length)).toEqual([1, 1, 1]);
});

test('a token that was switched off, until a person enters another: then nothing waits any longer', async () => {
  const token = journey.zenqms.store.tokens.get(TOKENS.full)!;
  token.active = false;
  const waiting = insert();
  const tried = async (): Promise<number> => (await rowOf(waiting))?.attempts ?? 0;
  // After the third refusal the connection rests for ten seconds and more.
  await until('it was tried three times', async () => (await tried()) === 3);
  expect(await rowOf(waiting)).toMatchObject({ outcome: 'error', reason: 'zenqms_unauthorized', finishedAt: null });
  const connection = await journey.relay.ok('GET', `/api/v1/zenqms/connections/${journey.zenqmsId}`);
  expect(connection).toMatchObject({ status: 'unauthorized', problem: { remedy: expect.stringContaining('token') } });
  journey.zenqms.store.tokens.set('zqt_second', { ...token, token: 'zqt_second', active: true });
  await journey.relay.ok('PATCH', `/api/v1/zenqms/connections/${journey.zenqmsId}`, { apiToken: 'zqt_second' });
  await until('it is made at once', () => issuesOf(waiting).length === 1, 5_000);
  expect(await ended(waiting)).toMatchObject({ outcome: 'created' });
  expect(await journey.relay.ok('GET', `/api/v1/zenqms/connections/${journey.zenqmsId}`)).toMatchObject({
    status: 'connected',
    problem: null,
  });
  expect(journey.relay.output()).not.toContain('zqt_');
});

test('the late POST was found, and not sent again', async () => {
  const row = await ended(slow, 40_000);
  expect(row).toMatchObject({ outcome: 'created' });
  expect(issuesOf(slow).map((issue) => issue.id)).toEqual([row.issueId]);
});
