import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import type { Database, Db } from '../../relay/db/connect.ts';
import { detachMonths } from '../../relay/db/detach.ts';
import { makePartitions } from '../../relay/db/partitions.ts';
import { searchExecutions } from '../../relay/log/search.ts';
import { onPostgres, testDatabase } from '../support/database.ts';

const NOW = new Date('2026-05-20T12:00:00Z');
const BOTH = ['event', 'execution'] as const;

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
  await makePartitions(database.db, new Date('2026-01-15T00:00:00Z'));
  await makePartitions(database.db, NOW);
});
afterEach(() => database.close());

let serial = 0;

/** An event and its row of the log. @returns the event's id */
async function happened(db: Db, at: string): Promise<string> {
  serial += 1;
  const about = { object: 'Case', record_id: 'r', change_type: 'CREATE' };
  const event = await db
    .insertInto('event')
    .values({ ...about, event_at: at, connection_id: 'sf-1', event_key: `k-${serial}`, source: 'stream', payload: '{}' })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('execution')
    .values({
      ...about,
      id: serial,
      received_at: at,
      integration_id: 'int-1',
      event_id: event.id,
      event_at: at,
      outcome: 'created',
      reason: 'created',
      message: at.slice(0, 7),
      attempts: 1,
    })
    .execute();
  return event.id;
}

async function waits(db: Db, at: string, state: string): Promise<void> {
  const connections = { salesforce_connection_id: 'sf-1', zenqms_connection_id: 'zq-1' };
  const about = { object: 'Case', record_id: 'r', change_type: 'CREATE' };
  await db
    .insertInto('delivery')
    .values({ ...connections, ...about, integration_id: 'int-1', event_id: 1, event_at: at, received_at: at, state })
    .execute();
}

const months = async (): Promise<string[]> =>
  (await searchExecutions(database.db, {}, { limit: 50, after: null })).data.map((row) => row.message);

describe('old months', () => {
  test('leave the log and the events, and stay as tables of their own', async () => {
    for (const month of ['01', '02', '03', '04', '05']) await happened(database.db, `2026-${month}-10T00:00:00Z`);
    expect(await detachMonths(database.db, BOTH, '2026-03', { now: NOW })).toEqual({
      detached: ['event_2026_01', 'event_2026_02', 'execution_2026_01', 'execution_2026_02'],
      kept: [],
    });
    expect(await months()).toEqual(['2026-05', '2026-04', '2026-03']);
    const { rows } = await sql`select message from execution_log order by received_at`.execute(database.db);
    expect(rows).toEqual([{ message: '2026-03' }, { message: '2026-04' }, { message: '2026-05' }]);
    expect((await sql`select record_id from event_2026_02`.execute(database.db)).rows).toEqual([{ record_id: 'r' }]);
    expect(await detachMonths(database.db, BOTH, '2026-03', { now: NOW })).toEqual({ detached: [], kept: [] });
  });

  test('leave one of the two tables alone', async () => {
    const { detached } = await detachMonths(database.db, ['event'], '2026-02', { now: NOW });
    expect(detached).toEqual(['event_2026_01']);
  });

  test.each(['ready', 'parked', 'held'])('stay while a %s delivery refers to them', async (state) => {
    await waits(database.db, '2026-02-28T23:59:59.999Z', state);
    expect(await detachMonths(database.db, BOTH, '2026-04', { now: NOW })).toEqual({
      detached: ['event_2026_01', 'event_2026_03', 'execution_2026_01', 'execution_2026_03'],
      kept: ['event_2026_02', 'execution_2026_02'].map((partition) => ({
        partition,
        message: 'Deliveries that wait still refer to it: 1.',
      })),
    });
  });

  test('of the last forty days are refused', async () => {
    await expect(detachMonths(database.db, BOTH, '2026-05', { now: NOW })).rejects.toThrow('--before 2026-04 is the latest');
    await expect(detachMonths(database.db, BOTH, '2026-13', { now: NOW })).rejects.toThrow('2026-13 is no month');
    await expect(detachMonths(database.db, BOTH, '03/2026', { now: NOW })).rejects.toThrow('no month');
  });
});

describe.skipIf(!onPostgres)('while the relay is at work', () => {
  /** Stores events one after the other until it is stopped. @returns how long each took, in milliseconds */
  function storing(): { stop: () => Promise<number[]>; more: () => Promise<void> } {
    let stopped = false;
    let stored: () => void = () => undefined;
    const took: number[] = [];
    const running = (async () => {
      while (!stopped) {
        const from = performance.now();
        await happened(database.db, NOW.toISOString());
        took.push(performance.now() - from);
        stored();
      }
    })();
    return {
      stop: async () => ((stopped = true), await running, took),
      more: () => new Promise((resolve) => void (stored = resolve)),
    };
  }

  /** A report that has the log open. */
  async function reading(table: 'event' | 'execution'): Promise<() => Promise<void>> {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    let reader: Promise<void> = Promise.resolve();
    await new Promise<void>((open) => {
      reader = database.db.transaction().execute(async (trx) => {
        await sql`select count(*) from ${sql.table(table)}`.execute(trx);
        open();
        await ended;
      });
    });
    return async () => (end(), await reader);
  }

  test('nobody waits for the reader that detaching waits for; it gives up, and succeeds when the reader is done', async () => {
    const endReading = await reading('event');
    const relay = storing();
    const pauses: number[] = [];
    // Between two tries events are stored, although the reader still has the table open.
    const pause = async (ms: number): Promise<void> => {
      pauses.push(ms);
      await relay.more();
      await relay.more();
    };
    await expect(detachMonths(database.db, ['event'], '2026-02', { now: NOW, pause })).rejects.toThrow(
      /^event_2026_01 was not detached: process \d+ \(zenqms-relay\), at it since .* has event open\. Try again when it is done\.$/,
    );
    expect(pauses).toHaveLength(6);
    await endReading();
    expect((await detachMonths(database.db, BOTH, '2026-02', { now: NOW })).detached).toEqual([
      'event_2026_01',
      'execution_2026_01',
    ]);
    const took = await relay.stop();
    expect(took.length).toBeGreaterThan(12);
    // Three locks of two hundred milliseconds each at the most, and some air.
    expect(Math.max(...took)).toBeLessThan(2_000);
  });

  test('what was detached before somebody else had the table open is said', async () => {
    const endReading = await reading('execution');
    await expect(detachMonths(database.db, BOTH, '2026-02', { now: NOW, pause: async () => undefined })).rejects.toThrow(
      /execution_2026_01 was not detached: .* Detached before that: event_2026_01\.$/,
    );
    await endReading();
  });

  test('work that is put back in hand just before the lock is seen', async () => {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    let retry: Promise<void> = Promise.resolve();
    await new Promise<void>((open) => {
      retry = database.db.transaction().execute(async (trx) => {
        await sql`select 1 from event where event_at = '2026-01-10'`.execute(trx);
        await waits(trx, '2026-01-10T00:00:00Z', 'ready');
        open();
        await ended;
      });
    });
    const pause = async (): Promise<void> => (end(), await retry);
    expect(await detachMonths(database.db, ['event'], '2026-02', { now: NOW, pause })).toMatchObject({
      detached: [],
      kept: [{ partition: 'event_2026_01' }],
    });
    expect((await sql`select 1 from event where event_at < '2026-02-01'`.execute(database.db)).rows).toEqual([]);
  });
});
