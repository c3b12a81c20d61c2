import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '../../relay/db/connect.ts';
import { receive } from '../../relay/inbox/receive.ts';
import { type Settlement, settle } from '../../relay/inbox/settle.ts';
import { take } from '../../relay/inbox/take.ts';
import { changeEvent, recordId } from '../support/rows.ts';
import { type ApiUnderTest, type Answer, apiUnderTest, draft, seedConnections } from './relay.ts';

let api: ApiUnderTest;
let ids: { salesforce: string; zenqms: string };
let integrationId = '';
beforeAll(async () => {
  api = await apiUnderTest();
});
beforeEach(async () => {
  await api.reset();
  ids = await seedConnections(api);
  integrationId = (await api.call('POST', '/api/v1/integrations', { body: draft(ids) })).body.id;
});
afterAll(() => api.close());

const PATH = '/api/v1/executions';

/** Through the inbox as the stream would: received, and put in hand. */
async function receiveRecords(db: Db, records: readonly string[], state: 'ready' | 'held' = 'ready'): Promise<void> {
  const events = records.map((id) => changeEvent({ recordId: id, eventAt: new Date().toISOString() }));
  await receive(db, { connectionId: ids.salesforce, position: null, events }, async (_trx, all) =>
    all.map((event) => ({ event, integrationId, zenqmsConnectionId: ids.zenqms, state, awake: true, prior: null })),
  );
}

type Ending = Pick<Extract<Settlement, { kind: 'finished' }>, 'outcome' | 'reason' | 'message'>;

async function settleAll(db: Db, ending: (recordId: string) => Ending): Promise<void> {
  const taken = await take(db, { limit: 500, lease: 'lease', leaseMs: 60_000 });
  const at = new Date().toISOString();
  await settle(
    db,
    taken.map((delivery) => ({
      kind: 'finished',
      delivery,
      ...ending(delivery.event.recordId),
      issueId: null,
      issueNumber: null,
      steps: [{ step: 'trigger', passed: true, message: 'It is new.' }],
      attempt: { at, step: 'create', durationMs: 12, httpStatus: 422, code: 'refused', message: 'title is missing' },
      claim: null,
    })),
  );
}

const refused: Ending = { outcome: 'error', reason: 'zenqms_refused', message: 'ZenQMS refused it.' };
const created: Ending = { outcome: 'created', reason: 'created', message: 'CAPA-1' };
const skipped: Ending = { outcome: 'skipped', reason: 'filter_false', message: 'Priority is Low.' };
const status = async (): Promise<Answer['body']> => (await api.call('GET', `/api/v1/integrations/${integrationId}/status`)).body;

describe('the log', () => {
  const records = Array.from({ length: 9 }, (_, n) => recordId(n));
  beforeEach(async () => {
    for (const record of records) await receiveRecords(api.database.db, [record]);
    await settleAll(api.database.db, (record) => [created, skipped, refused][records.indexOf(record) % 3] ?? created);
  });

  test('newest received first, in pages, each row once', async () => {
    // Many rows of one microsecond: a cursor that loses precision would drop or repeat some.
    await sql`update execution set received_at = date_trunc('second', received_at) + interval '123456 microseconds'`.execute(
      api.database.db,
    );
    const seen: string[] = [];
    let cursor: string | null = '';
    do {
      const { body }: Answer = await api.call('GET', `${PATH}?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      seen.push(...body.data.map((row: { id: string }) => row.id));
      cursor = body.next;
    } while (cursor !== null);
    expect(seen).toHaveLength(9);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => Number(b) - Number(a)));
  });

  test('filters', async () => {
    const count = async (query: string): Promise<number> => (await api.call('GET', `${PATH}?${query}`)).body.data.length;
    expect(await count(`integrationId=${integrationId}`)).toBe(9);
    expect(await count('integrationId=other')).toBe(0);
    expect(await count('outcome=error')).toBe(3);
    expect(await count('reason=filter_false&outcome=skipped')).toBe(3);
    expect(await count(`recordId=${records[0]}`)).toBe(1);
    expect(await count(`recordId=${records[0]?.slice(0, 15)}`)).toBe(1);
    expect(await count(`since=${new Date(Date.now() - 60_000).toISOString()}`)).toBe(9);
    expect(await count(`since=${encodeURIComponent('2030-01-01T00:00:00+02:00')}`)).toBe(0);
    expect(await count(`until=${new Date(Date.now() - 3_600_000).toISOString()}`)).toBe(0);
  });

  test.each([
    'outcome=odd',
    'reason=odd',
    'recordId=x',
    'since=yesterday',
    'limit=0',
    'limit=501',
    'limit=x',
    'cursor=abc',
    'odd=1',
    'limit=1&limit=2',
    'since=0000-01-01T00:00:00Z',
  ])('%s is refused', async (query) => {
    const { status: code, body } = await api.call('GET', `${PATH}?${query}`);
    expect(code).toBe(400);
    expect(body.error.details[0].path).toBe(query.split('=')[0]);
  });

  test('a cursor of another list is refused', async () => {
    const { body } = await api.call('GET', `${PATH}?limit=1`);
    expect((await api.call('GET', `/api/v1/integrations?cursor=${body.next}`)).status).toBe(400);
  });

  test('one row, with its steps and attempts', async () => {
    const [row] = (await api.call('GET', `${PATH}?outcome=error`)).body.data;
    const { body } = await api.call('GET', `${PATH}/${row.id}`);
    expect(body).toMatchObject({
      ...row,
      steps: [{ step: 'trigger', passed: true }],
      attemptLog: [{ step: 'create', httpStatus: 422, code: 'refused', durationMs: 12 }],
    });
    for (const id of ['0', '999999', 'abc', '99999999999999999999', '-1', '1e3']) {
      expect((await api.call('GET', `${PATH}/${id}`)).status, id).toBe(404);
    }
  });

  test('a retry works on the same row', async () => {
    const [row] = (await api.call('GET', `${PATH}?outcome=error`)).body.data;
    const answer = await api.call('POST', `${PATH}/${row.id}/retry`);
    expect(answer.body).toMatchObject({ id: row.id, retry: 'retrying' });
    expect((await api.call('POST', `${PATH}/${row.id}/retry`, { body: {} })).body.retry).toBe('retrying');
    await settleAll(api.database.db, () => created);
    expect((await api.call('GET', `${PATH}/${row.id}`)).body).toMatchObject({ outcome: 'created', attempts: 2 });
    const refusal = await api.call('POST', `${PATH}/${row.id}/retry`);
    expect([refusal.status, refusal.body.error.code]).toEqual([409, 'already_created']);
    expect((await api.call('POST', `${PATH}/${row.id}/retry`, { body: { force: true } })).status).toBe(200);
    expect((await api.call('POST', `${PATH}/123456/retry`)).status).toBe(404);
    expect((await api.call('GET', '/api/v1/audit?subjectType=execution')).body.data[0]).toMatchObject({
      action: 'execution.retry',
      after: { force: true },
    });
  });

  test('whose event is gone can not be retried', async () => {
    const [row] = (await api.call('GET', `${PATH}?outcome=error`)).body.data;
    await api.database.db.deleteFrom('event').execute();
    const answer = await api.call('POST', `${PATH}/${row.id}/retry`);
    expect([answer.status, answer.body.error.code]).toEqual([409, 'event_gone']);
  });

  test('all errors of an integration at once', async () => {
    expect(
      (await api.call('POST', `${PATH}/retry`, { body: { integrationId, outcome: 'error', since: '2099-01-01T00:00:00Z' } }))
        .body,
    ).toEqual({ retried: 0 });
    expect((await api.call('POST', `${PATH}/retry`, { body: { integrationId, outcome: 'error' } })).body).toEqual({ retried: 3 });
    expect((await api.call('POST', `${PATH}/retry`, { body: { integrationId, outcome: 'created' } })).status).toBe(400);
    expect((await api.call('POST', `${PATH}/retry`, { body: { integrationId: 'gone' } })).status).toBe(404);
    await settleAll(api.database.db, () => created);
    expect((await status()).counts).toEqual({ created: 6, skipped: 3, error: 0 });
  });
});

describe('the status', () => {
  test('of a new one is all zeros', async () => {
    expect(await status()).toEqual({
      status: 'active',
      waiting: 0,
      running: 0,
      held: 0,
      needsAttention: 0,
      counts: { created: 0, skipped: 0, error: 0 },
      lastEventAt: null,
      lastCreatedAt: null,
      lagSeconds: 0,
      problems: [],
      problemsCheckedAt: null,
    });
  });

  test('counts what waits, what is held, and each outcome, whatever a retry makes of it', async () => {
    const { db } = api.database;
    await receiveRecords(db, [1, 2, 3, 4, 5].map(recordId));
    await receiveRecords(db, [6, 7].map(recordId), 'held');
    expect(await status()).toMatchObject({ waiting: 5, running: 0, held: 2, lastEventAt: expect.any(String) });
    await take(db, { limit: 2, lease: 'other', leaseMs: 60_000 });
    expect(await status()).toMatchObject({ waiting: 3, running: 2 });
    await settleAll(db, (record) => (record === recordId(5) ? refused : created));
    expect(await status()).toMatchObject({
      waiting: 0,
      running: 2,
      needsAttention: 1,
      counts: { created: 2, skipped: 0, error: 1 },
    });
    const { lastCreatedAt } = await status();
    expect(Date.now() - Date.parse(lastCreatedAt)).toBeLessThan(60_000);
  });

  test('does not count rows: it costs the same at any size', async () => {
    const { rows } = await sql<{ plan: string }>`select pg_get_functiondef('count_executions_added'::regproc) as plan`.execute(
      api.database.db,
    );
    expect(rows[0]?.plan).toContain('execution_count');
    await sql`insert into execution_count (integration_id, outcome, slot, total, waiting_for_person) values (${integrationId}, 'created', 1, 700000, 0), (${integrationId}, 'created', 2, 300000, 0)`.execute(
      api.database.db,
    );
    expect((await status()).counts.created).toBe(1_000_000);
  });
});

describe('a bulk load that is held', () => {
  beforeEach(() => receiveRecords(api.database.db, [1, 2, 3].map(recordId), 'held'));
  const held = (): string => `/api/v1/integrations/${integrationId}/held`;

  test('is released', async () => {
    expect((await api.call('GET', held())).body).toMatchObject({ count: 3, oldestReceivedAt: expect.any(String) });
    expect((await api.call('POST', `${held()}/release`)).body).toEqual({ released: 3 });
    expect(await status()).toMatchObject({ waiting: 3, held: 0 });
  });

  test('or discarded, each with its row and by whom', async () => {
    const answer = await api.call('POST', `${held()}/discard`, { headers: { 'X-Acting-User': 'qm@acme.example' } });
    expect(answer.body).toEqual({ discarded: 3 });
    const rows = (await api.call('GET', `${PATH}?reason=discarded`)).body.data;
    expect(rows).toHaveLength(3);
    expect(rows[0].message).toContain('qm@acme.example');
    expect((await status()).counts.skipped).toBe(3);
    expect((await api.call('GET', held())).body).toEqual({ count: 0, oldestReceivedAt: null, newestReceivedAt: null });
  });
});
