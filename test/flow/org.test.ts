/** Salesforce at its worst, and what it sends that is unusual but right. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERRORS } from '../standins/salesforce/faults.ts';
import { COMETD_ERRORS } from '../standins/salesforce/cometd.ts';
import { type Execution, type Journey, startJourney } from '../support/journey.ts';
import { TOKENS } from '../standins/zenqms/seed.ts';
import { ADMIN_TOKEN, until } from '../support/relay-process.ts';

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney({ salesforce: { overflowAt: 50 } });
  await journey.integration();
});
afterAll(() => journey.close());

const RECORDS = '/composite/sobjects/Case';
const insert = (subject = 'Leak'): string => journey.salesforce.db.insert('Case', { Subject: subject });
const issuesOf = (recordId: string) => journey.zenqms.issues().filter((issue) => issue.external_id === recordId);
const rowOf = async (recordId: string): Promise<Execution | undefined> => (await journey.executions({ recordId }))[0];
const created = async (recordId: string, withinMs?: number): Promise<Execution> => {
  const row = await until(
    `an Issue for ${recordId}`,
    async () => (await journey.executions({ recordId })).find((each) => each.outcome === 'created'),
    withinMs,
  );
  expect(issuesOf(recordId).map((issue) => issue.id)).toEqual([row.issueId]);
  return row;
};
const connection = () => journey.relay.ok('GET', `/api/v1/salesforce/connections/${journey.salesforceId}`);

test.each(
  Object.entries({
    'a session that ends': ERRORS.sessionExpired,
    'a server that is away': ERRORS.unavailable,
    'a page of maintenance': ERRORS.maintenance,
    'a lock': ERRORS.unableToLock,
    'an unexpected error': ERRORS.unknown,
    'a connection that breaks': ERRORS.reset,
    'an answer that is cut off': { kind: 'truncate', after: 40 } as const,
  }),
)('%s while a record is fetched', async (_name, answer) => {
  journey.salesforce.faults.add({ path: RECORDS, answer });
  await created(insert());
  expect(journey.salesforce.faults.waiting()).toBe(0);
});

test('the org’s limit of calls: the connection waits and says so; whoever authorises again lets it go on at once', async () => {
  journey.salesforce.faults.add({ path: RECORDS, answer: ERRORS.requestLimit });
  const waiting = insert();
  await until('it waits', async () => (await rowOf(waiting))?.reason === 'salesforce_unavailable');
  expect((await connection()).problem).toMatchObject({ code: 'REQUEST_LIMIT_EXCEEDED', remedy: expect.stringContaining('API') });
  const { authorizeUrl } = await journey.relay.ok('POST', `/api/v1/salesforce/connections/${journey.salesforceId}/authorize`);
  const { location } = await journey.salesforce.authorizeInBrowser(authorizeUrl);
  expect((await fetch(location!)).status).toBe(200);
  await created(waiting, 10_000);
  expect((await connection()).problem).toBeNull();
});

test.each<[string, () => void]>([
  ['an answer that is cut off in the middle of its events', () => (journey.salesforce.cometd.faults.truncate = 1)],
  ['a poll that is not authenticated', () => (journey.salesforce.cometd.faults.rejectConnects = 1)],
  ['a 401 that is no Bayeux', () => (journey.salesforce.cometd.faults.http401 = 1)],
  [
    'a handshake that is denied once',
    () => {
      journey.salesforce.cometd.faults.denyHandshake = {
        error: COMETD_ERRORS.handshakeDenied,
        failureReason: COMETD_ERRORS.authentication,
        times: 1,
      };
      journey.salesforce.cometd.forgetClients();
    },
  ],
])('the stream meets %s: nothing is lost', async (_name, meet) => {
  meet();
  const first = insert('First');
  const second = insert('Second');
  await created(first, 30_000);
  await created(second, 30_000);
});

test('alike changes of one transaction come as one event, and are as many records', async () => {
  const { db } = journey.salesforce;
  const ids = db.insertMany(
    'Case',
    Array.from({ length: 40 }, () => ({ Subject: 'The same for all' })),
  );
  for (const recordId of ids) await created(recordId);
});

test('gaps: a creation that names its record, and a wildcard that names none', async () => {
  const { db } = journey.salesforce;
  const [named, unnamed] = db.silently(() => [insert('Named'), insert('Unnamed')]) as [string, string];
  const gap = (changeType: string, recordIds: string[]): void =>
    journey.salesforce.publish('CaseChangeEvent', {
      ChangeEventHeader: {
        entityName: 'Case',
        recordIds,
        changeType,
        changeOrigin: '',
        transactionKey: `gap-${changeType}-${recordIds[0]}`,
        sequenceNumber: 1,
        commitTimestamp: Date.now(),
        commitUser: journey.salesforce.user.id,
        commitNumber: 1,
      },
    });
  gap('GAP_CREATE', [named]);
  await created(named);
  gap('GAP_CREATE', ['500*']);
  await created(unnamed);
});

test('a transaction so large that the rest overflows: every record has its Issue, once', async () => {
  const { db } = journey.salesforce;
  const ids = db.insertMany(
    'Case',
    Array.from({ length: 70 }, (_, n) => ({ Subject: `Large ${n}` })),
  );
  for (const recordId of ids) await created(recordId);
});

test('deleted and restored records are seen and left', async () => {
  const { db } = journey.salesforce;
  const recordId = insert('Comes and goes');
  await created(recordId);
  db.delete('Case', recordId);
  db.undelete('Case', recordId);
  const rows = await until('three rows', async () => {
    const all = (await journey.executions({ recordId })).filter((row) => row.finishedAt !== null);
    return all.length === 3 && all;
  });
  expect(rows.map((row) => row.reason)).toEqual(['trigger_not_matched', 'trigger_not_matched', 'created']);
});

test('an org that fails often is called unreachable, and is well again once it answers', async () => {
  journey.salesforce.faults.add({ path: RECORDS, times: null, answer: ERRORS.unavailable });
  const ids: string[] = [];
  await until('it is called unreachable', async () => {
    const recordId = insert('Unreachable');
    ids.push(recordId);
    await until(
      'it was tried',
      async () => (await rowOf(recordId)) !== undefined || (await connection()).status === 'unreachable',
    );
    return (await connection()).status === 'unreachable';
  });
  expect((await connection()).problem).toMatchObject({ code: expect.any(String), remedy: expect.any(String) });
  journey.salesforce.faults.clear();
  for (const recordId of ids) await created(recordId, 40_000);
  const well = await until('it is well', async () => {
    const now = await connection();
    return now.status === 'connected' && now;
  });
  expect(well.problem).toBeNull();
});

test('no secret is in the log', () => {
  const secrets = ['5Aep861', '!AQ', journey.salesforce.app.clientSecret, TOKENS.full, ADMIN_TOKEN];
  expect(secrets.filter((secret) => journey.relay.output().includes(secret))).toEqual([]);
  expect(journey.relay.output()).toContain('salesforce session refreshed');
});
