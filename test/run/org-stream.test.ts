import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { bulkGuard } from '../../relay/inbox/bulk-guard.ts';
import { acquireStream } from '../../relay/inbox/lease.ts';
import { routeFor } from '../../relay/inbox/route.ts';
import { eventBudget } from '../../relay/run/event-budget.ts';
import { makeLog } from '../../relay/run/log.ts';
import { type OrgStream, type OrgStreamOptions, openOrgStream } from '../../relay/run/org-stream.ts';
import type { Session } from '../../relay/salesforce/session.ts';
import { sessionOf } from '../salesforce/support.ts';
import { type Salesforce, startSalesforce } from '../standins/salesforce/server.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { until } from '../support/relay-process.ts';
import { SALESFORCE, seedConnections, seedIntegration, ZENQMS } from '../support/rows.ts';
import { noRoom } from '../support/room.ts';

let database: Database;
let salesforce: Salesforce;
beforeAll(async () => {
  database = await testDatabase();
  await seedConnections(database.db);
  salesforce = await startSalesforce({ connectTimeoutMs: 150 });
});
afterAll(async () => {
  await salesforce.close();
  await database.close();
});

/** A stream that stores nothing but its positions. */
async function opened(session: () => Promise<Session>, changes: Partial<OrgStreamOptions> = {}): Promise<OrgStream> {
  const log = makeLog('silent');
  const lease = await acquireStream(database.db, SALESFORCE, 'relay-a', 600_000);
  return openOrgStream({
    db: database.db,
    lease: lease!,
    objects: ['Case'],
    session,
    route: () => async () => [],
    warm: async () => undefined,
    reserve: noRoom,
    roomFor: async () => undefined,
    alone: () => true,
    gap: async () => undefined,
    failed: async () => undefined,
    eventBudget: (connectionId) =>
      eventBudget({
        db: database.db,
        connectionId,
        limits: async () => ({ apiUsed: 0, apiMax: 0, eventsDelivered: 0, eventsMax: 0 }),
        now: () => new Date(),
        log,
      }),
    lost: () => undefined,
    log,
    now: () => new Date(),
    ...changes,
  });
}

test('stopped while it opens, it leaves no client behind that reads on', async () => {
  const { session } = sessionOf(salesforce);
  const gate = Promise.withResolvers<void>();
  let asked = false;
  const stream = await opened(async () => {
    asked = true;
    await gate.promise;
    return session;
  });
  await until('it opens', () => asked);
  const stopped = stream.stop();
  gate.resolve();
  await stopped;
  expect(salesforce.cometd.clients()).toBe(0);
  expect(salesforce.counters.cometd.handshakes).toBe(0);
  await session.close();
});

interface Told {
  since: Date;
  message: string | null;
}

/** An open stream whose position was stored as given, and what it said of gaps. */
async function resumed(position: { replayId: string; storedAt: Date; eventAt: Date | null }) {
  await sql`delete from stream_position`.execute(database.db);
  await sql`update stream set lease_until = '-infinity'`.execute(database.db);
  const { session } = sessionOf(salesforce);
  const first = await opened(async () => session);
  onTestFinished(async () => {
    await stream?.stop();
    await session.close();
  });
  let stream: OrgStream | null = first;
  await until('the channel is noted', async () => (await position_())?.replay_id === '-1');
  await first.stop();
  await sql`update stream set lease_until = '-infinity', covers = '[]'`.execute(database.db);
  await sql`
    update stream_position set replay_id = ${position.replayId}, stored_at = ${position.storedAt.toISOString()}::timestamptz,
           event_at = ${position.eventAt?.toISOString() ?? null}::timestamptz`.execute(database.db);
  const told: Told[] = [];
  stream = await opened(async () => session, { gap: async (_id, since, message) => void told.push({ since, message }) });
  await until('it listens', () => salesforce.cometd.clients() === 1);
  return { stream, told };
}

const position_ = async () =>
  (await database.db.selectFrom('stream_position').selectAll().execute())[0] as
    { replay_id: string; stored_at: Date; event_at: Date | null } | undefined;
const streaming = () =>
  until('it streams', async () => {
    const row = await database.db.selectFrom('stream').select('covers').executeTakeFirst();
    return JSON.stringify(row?.covers) === '["case"]';
  });
const HOUR = 3_600_000;
const ago = (ms: number): Date => new Date(Date.now() - ms);

test('what ages out after a refused position, before anything came, is looked up too', async () => {
  const eventAt = ago(80 * HOUR);
  const { told } = await resumed({ replayId: '17', storedAt: ago(80 * HOUR), eventAt });
  await until('the refusal is told', () => told.length === 1);
  expect(told[0]).toEqual({ since: eventAt, message: expect.stringContaining('replayId') as string });
  await until('it is noted', async () => (await position_())?.replay_id === '-2');
  const refusedAt = (await position_())!.stored_at;
  salesforce.db.insert('Case', { Subject: 'Between two clients' });
  salesforce.age(-1_000);
  salesforce.cometd.forgetClients();
  await until('it is told again', () => told.length >= 2);
  expect(told[1]?.message).toBeNull();
  expect(Math.abs(told[1]!.since.getTime() - refusedAt.getTime())).toBeLessThan(10_000);
});

test.each([
  ['an hour ago', HOUR, false],
  ['longer ago than Salesforce keeps events', 73 * HOUR, true],
])('a channel that never brought anything, and was heard %s', async (_when, ms, missed) => {
  const since = ago(ms);
  const { told } = await resumed({ replayId: '-1', storedAt: since, eventAt: null });
  await streaming();
  expect(told).toEqual(missed ? [{ since, message: expect.stringContaining('Nobody listened') as string }] : []);
});

test('that a quiet channel was heard is noted', async () => {
  const { stream } = await resumed({ replayId: '-1', storedAt: ago(HOUR), eventAt: null });
  await streaming();
  await sql`update stream_position set stored_at = ${ago(HOUR).toISOString()}::timestamptz`.execute(database.db);
  // Another object makes it look; positions are read anew for it.
  await stream.setObjects(['Case', 'Account'], false);
  await until('it is noted', async () => (await position_())!.stored_at.getTime() > ago(HOUR / 2).getTime());
});

describe('what the stream brings', () => {
  /** A stream that reads into a worker that has room for all, and what became of that room. */
  async function reading(changes: Partial<OrgStreamOptions>) {
    await emptyTables(database);
    await seedConnections(database.db);
    await seedIntegration(database.db, { activatedAt: new Date(0) });
    const { session } = sessionOf(salesforce);
    const begun: string[][] = [];
    const asked: (readonly string[])[] = [];
    const gate = Promise.withResolvers<void>();
    const stream = await opened(async () => session, {
      route: () => routeFor(SALESFORCE, { priorPaths: () => [], bulkGuard: bulkGuard() }),
      reserve: (ids) => ({
        lease: 'mine',
        leaseMs: 60_000,
        granted: ids.map(() => true),
        begin: (stored) => void begun.push(stored.map((delivery) => delivery.event.recordId)),
      }),
      roomFor: async (ids) => {
        asked.push(ids);
        await gate.promise;
      },
      ...changes,
    });
    onTestFinished(async () => {
      gate.resolve();
      await stream.stop();
      await session.close();
    });
    await streaming();
    return { begun, asked, gate };
  }
  const insert = (): string => salesforce.db.insert('Case', { Subject: 'A pump stops' });

  test('is begun at once, and no more is read before there is room for more', async () => {
    const { begun, asked, gate } = await reading({ alone: () => true });
    const first = insert();
    await until('room is asked for', () => asked.length === 1);
    expect(asked).toEqual([[ZENQMS]]);
    expect(begun).toEqual([[first]]);
    const { connects } = salesforce.counters.cometd;
    const second = insert();
    // A poll that was sent when the first was stored would have come before these.
    for (const _ of [1, 2, 3]) await fetch(salesforce.url);
    expect(salesforce.counters.cometd.connects).toBe(connects);
    gate.resolve();
    await until('it goes on', () => begun.length === 2);
    expect(begun).toEqual([[first], [second]]);
  });

  test('is read on at once where other relays take what this one has no room for', async () => {
    const { begun, asked } = await reading({ alone: () => false });
    for (const count of [1, 2]) {
      insert();
      await until('it is begun', () => begun.length === count);
    }
    expect(asked).toEqual([]);
  });

  test('gives its room back when it can’t be stored', async () => {
    const route = routeFor(SALESFORCE, { priorPaths: () => [], bulkGuard: bulkGuard() });
    const { begun } = await reading({
      alone: () => false,
      route: () => async (trx, events) =>
        (await route(trx, events)).map((work) => ({ ...work, event: { ...work.event, eventAt: 'never' } })),
    });
    insert();
    await until('it was tried', () => begun.length > 0);
    expect(begun).toEqual([[]]);
  });
});
