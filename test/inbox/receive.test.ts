import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { bulkGuard } from '../../relay/inbox/bulk-guard.ts';
import { acquireStream, positions, renewStreams, releaseStream } from '../../relay/inbox/lease.ts';
import { type Reserve, receive, StreamLeaseLost } from '../../relay/inbox/receive.ts';
import { routeFor } from '../../relay/inbox/route.ts';
import type { Delivery } from '../../relay/inbox/rows.ts';
import { take } from '../../relay/inbox/take.ts';
import type { ChangeEvent } from '../../relay/model/event.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { changeEvent, INTEGRATION, recordId, SALESFORCE, seedConnections, seedIntegration, ZENQMS } from '../support/rows.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  await emptyTables(database);
  await seedConnections(database.db);
});
afterAll(() => database.close());

const CHANNEL = '/data/ZenQMS__chn';
const route = (paths: readonly string[] = []) => routeFor(SALESFORCE, { priorPaths: () => paths, bulkGuard: bulkGuard() });

async function receiveAs(
  leaseToken: string,
  replayId: string,
  events: readonly ChangeEvent[],
  paths: readonly string[] = [],
  reserve?: Reserve,
) {
  return receive(
    database.db,
    {
      connectionId: SALESFORCE,
      position: { channel: CHANNEL, replayId, eventAt: events.at(-1)?.eventAt ?? null, leaseToken },
      events,
    },
    route(paths),
    reserve,
  );
}

async function leaseToken(): Promise<string> {
  const lease = await acquireStream(database.db, SALESFORCE, 'relay-a', 10_000);
  if (!lease) throw new Error('the lease is taken');
  return lease.token;
}

describe('receive', () => {
  test('stores events, their work and the position together', async () => {
    await seedIntegration(database.db);
    const token = await leaseToken();
    expect(await receiveAs(token, '77', [changeEvent(), changeEvent()])).toMatchObject({ added: 2 });
    expect((await positions(database.db, SALESFORCE)).get(CHANNEL)?.replayId).toBe('77');
    expect(await database.db.selectFrom('delivery').select(['state', 'integration_id']).execute()).toEqual([
      { state: 'ready', integration_id: INTEGRATION },
      { state: 'ready', integration_id: INTEGRATION },
    ]);
  });

  test('an event delivered twice is one event with one piece of work', async () => {
    await seedIntegration(database.db);
    const token = await leaseToken();
    const event = changeEvent();
    await receiveAs(token, '1', [event, event]);
    expect(await receiveAs(token, '2', [event])).toMatchObject({ added: 0 });
    expect(await database.db.selectFrom('event').select('event_key').execute()).toHaveLength(1);
    expect(await database.db.selectFrom('delivery').select('id').execute()).toHaveLength(1);
  });

  test('a message that can’t be read is one event however often it is read, though it can’t say when it happened', async () => {
    await seedIntegration(database.db);
    const token = await leaseToken();
    const poisoned = { key: 'poison/channel/7', recordId: '000000000000000AAA', poison: 'No payload.' };
    await receiveAs(token, '7', [changeEvent({ ...poisoned, eventAt: '2026-03-01T10:00:00.000Z' })]);
    const again = [changeEvent({ ...poisoned, eventAt: '2026-03-01T11:00:00.000Z' }), changeEvent()];
    expect(await receiveAs(token, '8', again)).toMatchObject({ added: 1 });
  });

  test('one event is work for each integration of its object, whatever the case of its name', async () => {
    await seedIntegration(database.db, { id: 'one' });
    await seedIntegration(database.db, { id: 'two', definition: { object: 'CASE' } });
    await seedIntegration(database.db, { id: 'other', definition: { object: 'Account' } });
    expect(await receiveAs(await leaseToken(), '1', [changeEvent()])).toMatchObject({ added: 2 });
  });

  test('what comes while paused is parked', async () => {
    await seedIntegration(database.db, { status: 'paused' });
    await receiveAs(await leaseToken(), '1', [changeEvent()]);
    expect(await database.db.selectFrom('delivery').select('state').execute()).toEqual([{ state: 'parked' }]);
  });

  test('an event from before the activation is no work', async () => {
    await seedIntegration(database.db, { activatedAt: new Date('2026-03-01T10:00:05Z') });
    const events = [changeEvent({ eventAt: '2026-03-01T10:00:00.000Z' }), changeEvent({ eventAt: '2026-03-01T10:00:06.000Z' })];
    expect(await receiveAs(await leaseToken(), '1', events)).toMatchObject({ added: 1 });
  });

  test('NUL bytes and lone surrogates in a payload are stored, not refused', async () => {
    await seedIntegration(database.db);
    await receiveAs(await leaseToken(), '1', [changeEvent({ values: { Subject: 'a\u0000b\ud800c' } })]);
    const row = await database.db.selectFrom('event').select('payload').executeTakeFirstOrThrow();
    expect((JSON.parse(row.payload) as { values: unknown }).values).toEqual({ Subject: 'a\u0000b\ud800c' });
  });

  test('above the limit of a bulk load events are held', async () => {
    await seedIntegration(database.db, { definition: { bulkLimit: 3 } });
    const origin = 'com/salesforce/api/bulk/66.0;client=loader';
    const events = Array.from({ length: 5 }, () => changeEvent({ changeOrigin: origin }));
    await receiveAs(await leaseToken(), '1', [...events, changeEvent({ changeOrigin: 'somebody else' })]);
    const states = await database.db.selectFrom('delivery').select('state').orderBy('id').execute();
    expect(states.map((row) => row.state)).toEqual(['ready', 'ready', 'ready', 'held', 'held', 'ready']);
  });
});

describe('what there is room for', () => {
  const asked: string[][] = [];
  const begun: (readonly Delivery[])[] = [];
  beforeEach(() => [asked, begun].forEach((told) => told.splice(0)));
  const roomFor =
    (most: number): Reserve =>
    (ids) => {
      asked.push([...ids]);
      const granted = ids.map((_, place) => place < most);
      return { lease: 'mine', leaseMs: 60_000, granted, begin: (stored) => void begun.push(stored) };
    };
  const rows = () => database.db.selectFrom('delivery').select(['id', 'lease_token', 'lease_until']).orderBy('id').execute();

  test('is stored as in hand, the rest as for whoever looks first', async () => {
    await seedIntegration(database.db);
    const { added, inHand } = await receiveAs(
      await leaseToken(),
      '1',
      [changeEvent(), changeEvent(), changeEvent()],
      [],
      roomFor(2),
    );
    expect(added).toBe(3);
    expect(begun).toEqual([inHand]);
    expect(asked).toEqual([[ZENQMS, ZENQMS, ZENQMS]]);
    const stored = await rows();
    expect(stored.map((row) => row.lease_token)).toEqual(['mine', 'mine', null]);
    expect(stored.map((row) => row.lease_until !== null && row.lease_until > new Date())).toEqual([true, true, false]);
    expect(inHand.map((delivery) => delivery.id)).toEqual(stored.slice(0, 2).map((row) => row.id));
    expect((await take(database.db, { limit: 10, lease: 'other', leaseMs: 1_000 })).map((each) => each.id)).toEqual([
      stored[2]?.id,
    ]);
  });

  test('is what a look would have found', async () => {
    await seedIntegration(database.db);
    const raised = changeEvent({
      changeType: 'UPDATE',
      changedFields: ['Priority', 'Name.FirstName'],
      values: { Priority: 'High' },
    });
    const odd = changeEvent({
      key: 'with\u0000nul',
      values: { Subject: 'a\u0000b\ud800"\\\n', Amount: 1e21, Address: { City: null } },
      changedFields: null,
      changeOrigin: 'com/salesforce/api/soap',
      commitUser: '005000000000001AAA',
      transactionKey: 'tx',
    });
    const unreadable = changeEvent({ recordId: '000000000000000AAA', poison: 'No payload.', replayId: null });
    await receiveAs(
      await leaseToken(),
      '1',
      [changeEvent({ recordId: raised.recordId, values: { Priority: 'Low' } })],
      ['Priority'],
    );
    await database.db.deleteFrom('delivery').execute();
    const { inHand } = await receiveAs('1', '2', [raised, odd, unreadable], ['Priority'], roomFor(3));
    expect(inHand.map((delivery) => delivery.prior)).toEqual([{ Priority: 'Low' }, {}, {}]);
    await database.db.updateTable('delivery').set({ lease_token: null, lease_until: null }).execute();
    expect(inHand).toEqual(await take(database.db, { limit: 10, lease: 'mine', leaseMs: 60_000 }));
  });

  test('is not asked for what nobody could begin: paused, held, or with a connection that rests', async () => {
    const bulk = 'com/salesforce/api/bulk/66.0;client=loader';
    await seedIntegration(database.db, { id: 'paused', status: 'paused' });
    await seedIntegration(database.db, { id: 'holds', definition: { bulkLimit: 0 } });
    const resting = changeEvent({ changeOrigin: bulk });
    const token = await leaseToken();
    expect((await receiveAs(token, '1', [resting], [], roomFor(9))).inHand).toEqual([]);
    await seedIntegration(database.db, { id: 'active' });
    const later = new Date(Date.now() + 60_000);
    for (const table of ['zenqms_connection', 'salesforce_connection'] as const) {
      await database.db.updateTable(table).set({ hold_until: later }).execute();
      expect((await receiveAs(token, '2', [changeEvent({ changeOrigin: bulk })], [], roomFor(9))).inHand).toEqual([]);
      await database.db
        .updateTable(table)
        .set({ hold_until: new Date(0) })
        .execute();
    }
    expect(asked).toEqual([]);
    expect((await receiveAs(token, '3', [changeEvent()], [], roomFor(9))).inHand).toMatchObject([{ integrationId: 'active' }]);
  });

  test('is asked for in vain by what was there already', async () => {
    await seedIntegration(database.db);
    const event = changeEvent();
    await receiveAs(await leaseToken(), '1', [event]);
    expect(await receiveAs('1', '2', [event], [], roomFor(9))).toEqual({ added: 0, inHand: [] });
    expect(begun).toEqual([[]]);
    expect((await rows()).map((row) => row.lease_token)).toEqual([null]);
  });
});

describe('the stream has one owner', () => {
  test('a second relay gets no lease; after a release it does, under another token', async () => {
    const first = await acquireStream(database.db, SALESFORCE, 'relay-a', 10_000);
    expect(await acquireStream(database.db, SALESFORCE, 'relay-b', 10_000)).toBeNull();
    await releaseStream(database.db, first!);
    const second = await acquireStream(database.db, SALESFORCE, 'relay-b', 10_000);
    expect(Number(second?.token)).toBeGreaterThan(Number(first?.token));
  });

  test('all that a relay holds are renewed together; what went to another is told apart', async () => {
    const rest = { name: 'Other', login_url: 'l', client_id: 'c', client_secret: Buffer.from('x') };
    await database.db
      .insertInto('salesforce_connection')
      .values({ id: 'sf-other', ...rest })
      .execute();
    const own = await acquireStream(database.db, SALESFORCE, 'relay-a', 10_000);
    const lost = await acquireStream(database.db, 'sf-other', 'relay-a', -1);
    const heir = await acquireStream(database.db, 'sf-other', 'relay-b', 10_000);
    const until = async (id: string): Promise<number> => {
      const row = await database.db
        .selectFrom('stream')
        .select('lease_until')
        .where('connection_id', '=', id)
        .executeTakeFirstOrThrow();
      return row.lease_until.getTime();
    };
    const before = { own: await until(SALESFORCE), heir: await until('sf-other') };
    expect(await renewStreams(database.db, [own!, lost!], 60_000)).toEqual(new Set([SALESFORCE]));
    expect((await until(SALESFORCE)) - before.own).toBeGreaterThan(40_000);
    expect(await until('sf-other')).toBe(before.heir);
    expect(await renewStreams(database.db, [heir!], 60_000)).toEqual(new Set(['sf-other']));
  });

  test('a holder whose lease is over can neither renew nor store', async () => {
    await seedIntegration(database.db);
    const frozen = await acquireStream(database.db, SALESFORCE, 'relay-a', -1);
    const heir = await acquireStream(database.db, SALESFORCE, 'relay-b', 10_000);
    expect(await renewStreams(database.db, [frozen!], 10_000)).toEqual(new Set());
    await expect(receiveAs(frozen!.token, '9', [changeEvent()])).rejects.toThrow(StreamLeaseLost);
    expect(await database.db.selectFrom('event').select('id').execute()).toEqual([]);
    expect((await positions(database.db, SALESFORCE)).size).toBe(0);
    await receiveAs(heir!.token, '10', [changeEvent()]);
    expect((await positions(database.db, SALESFORCE)).get(CHANNEL)?.replayId).toBe('10');
  });
});

describe('values before a change', () => {
  const record = recordId(1);
  const status = (value: string, changes: Partial<ChangeEvent> = {}) =>
    changeEvent({ recordId: record, changeType: 'UPDATE', changedFields: ['Status'], values: { Status: value }, ...changes });
  const priors = async () =>
    (await database.db.selectFrom('delivery').select('prior').orderBy('id').execute()).map((row) => row.prior);

  test('are what earlier events said, and unknown where none did', async () => {
    await seedIntegration(database.db);
    const token = await leaseToken();
    await receiveAs(token, '1', [status('Working')], ['Status']);
    await receiveAs(token, '2', [status('Escalated'), status('Closed')], ['Status']);
    expect(await priors()).toEqual([{}, { Status: 'Working' }, { Status: 'Escalated' }]);
  });

  test('a replayed event does not set the memory back', async () => {
    await seedIntegration(database.db);
    const token = await leaseToken();
    const [first, second] = [status('Working'), status('Escalated')];
    await receiveAs(token, '1', [first, second], ['Status']);
    await receiveAs(token, '1', [first, status('Closed')], ['Status']);
    expect(await priors()).toEqual([{}, { Status: 'Working' }, { Status: 'Escalated' }]);
  });

  test('a gap makes them unknown', async () => {
    await seedIntegration(database.db);
    const token = await leaseToken();
    const gap = changeEvent({ recordId: record, changeType: 'GAP_UPDATE', changedFields: null, values: {} });
    await receiveAs(token, '1', [status('Working'), gap, status('Closed')], ['Status']);
    expect((await priors()).at(-1)).toEqual({});
  });
});
