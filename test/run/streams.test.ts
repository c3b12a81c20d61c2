/** Several relays on one database; Salesforce answers none of them, so that a stream is owned and never opened. */
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { acquireStream } from '../../relay/inbox/lease.ts';
import { SalesforceError } from '../../relay/model/salesforce.ts';
import type { EventBudget } from '../../relay/run/event-budget.ts';
import { makeLog } from '../../relay/run/log.ts';
import { type Streams, startStreams } from '../../relay/run/streams.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { until } from '../support/relay-process.ts';
import { ZENQMS, definition, seedConnections } from '../support/rows.ts';
import { noRoom } from '../support/room.ts';

let database: Database;
let running: Streams[] = [];
let taken: string[] = [];
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  await emptyTables(database);
  taken = [];
});
afterEach(async () => {
  await Promise.all(running.map((streams) => streams.stop()));
  running = [];
});
afterAll(() => database.close());

const unlimited: EventBudget = {
  count: () => undefined,
  advice: () => 'go on',
  pauseMs: () => 0,
  problem: () => null,
  look: async () => 'go on',
  close: async () => undefined,
};

function relay(owner: string): Streams {
  const streams = startStreams({
    db: database.db,
    owner,
    ttlMs: 60_000,
    lookMs: 100,
    session: async () => {
      throw new SalesforceError('retry', 'away', 'Salesforce is away.');
    },
    route: () => async () => [],
    warm: async () => undefined,
    reserve: noRoom,
    roomFor: async () => undefined,
    gap: async () => undefined,
    failed: async () => undefined,
    // Asked for once whenever a stream is taken.
    eventBudget: (connectionId) => {
      taken.push(`${owner} ${connectionId}`);
      return unlimited;
    },
    log: makeLog('silent'),
    now: () => new Date(),
  });
  running.push(streams);
  return streams;
}

async function orgs(count: number): Promise<string[]> {
  await seedConnections(database.db);
  await database.db.deleteFrom('salesforce_connection').execute();
  const ids = Array.from({ length: count }, (_, n) => `org-${n}`);
  for (const id of ids) {
    await database.db
      .insertInto('salesforce_connection')
      .values({
        id,
        name: id,
        login_url: 'l',
        client_id: 'c',
        client_secret: Buffer.from('x'),
        status: 'connected',
        settings: '{}',
      })
      .execute();
    await database.db
      .insertInto('integration')
      .values({
        id: `of-${id}`,
        name: id,
        salesforce_connection_id: id,
        zenqms_connection_id: ZENQMS,
        object: 'Case',
        definition: JSON.stringify(definition({ salesforceConnectionId: id })),
        status: 'active',
        activated_at: new Date(),
      })
      .execute();
  }
  return ids;
}

const sizes = (...streams: Streams[]): string => streams.map((each) => each.owned().length).join(' ');
const become = (expected: string, ...streams: Streams[]) =>
  until(`they hold ${expected}, not ${sizes(...streams)}`, () => sizes(...streams) === expected);
/** Each of them has looked so often since. */
const looks = async (times: number): Promise<void> => {
  for (let n = 0; n < times; n++) {
    const { rows } = await sql<{ at: string }>`select clock_timestamp()::text as at`.execute(database.db);
    await until('another look', async () => {
      const since = await sql`select 1 from relay_instance having min(seen_at) > ${rows[0]!.at}::timestamptz`.execute(
        database.db,
      );
      return since.rows.length > 0;
    });
  }
};

test('streams are spread evenly as relays come and go, each org has one owner, and no more move than must', async () => {
  const ids = await orgs(7);
  const a = relay('a');
  await become('7', a);
  const b = relay('b');
  await become('4 3', a, b);
  const c = relay('c');
  await until('seven are spread over three', () => {
    const counts = [a, b, c].map((each) => each.owned().length);
    return counts.reduce((sum, count) => sum + count) === 7 && Math.min(...counts) === 2;
  });
  expect([a, b, c].flatMap((each) => each.owned()).sort()).toEqual(ids);
  // Seven, three for the second relay, two for the third.
  expect(taken).toHaveLength(12);
  await looks(5);
  expect(taken).toHaveLength(12);
  await c.stop();
  await until(
    'two have all',
    () => [a, b].every((each) => each.owned().length >= 3) && a.owned().length + b.owned().length === 7,
  );
  const { rows } = await sql<{ owner: string }>`select owner from relay_instance order by owner`.execute(database.db);
  expect(rows.map((row) => row.owner)).toEqual(['a', 'b']);
});

test('one org stays where it is, however many relays there are', async () => {
  await orgs(1);
  const a = relay('a');
  await become('1', a);
  const b = relay('b');
  const c = relay('c');
  await looks(5);
  expect(sizes(a, b, c)).toBe('1 0 0');
  expect(taken).toHaveLength(1);
  await a.stop();
  await until('another has it', () => b.owned().length + c.owned().length === 1);
});

test('a dead relay’s row goes, and its streams are taken when their leases end', async () => {
  const ids = await orgs(4);
  await sql`insert into relay_instance values ('dead', clock_timestamp() - interval '2 minutes')`.execute(database.db);
  for (const id of ids.slice(0, 3)) await acquireStream(database.db, id, 'dead', 1_500);
  const a = relay('a');
  await become('1', a);
  await become('4', a);
  const { rows } = await sql<{ owner: string }>`select owner from relay_instance`.execute(database.db);
  expect(rows).toEqual([{ owner: 'a' }]);
});

test('a relay that lives and takes nothing keeps no org from being listened to, and nothing goes to and fro', async () => {
  await orgs(4);
  await sql`insert into relay_instance values ('idle', clock_timestamp() + interval '1 hour')`.execute(database.db);
  const a = relay('a');
  await become('4', a);
  await looks(10);
  expect(sizes(a)).toBe('4');
  expect(taken).toHaveLength(4);
});

test('a stream that is taken up anew stays with its relay', async () => {
  await orgs(2);
  const a = relay('a');
  const b = relay('b');
  await until('one each', () => sizes(a, b) === '1 1');
  const [own] = a.owned();
  const before = taken.length;
  await a.restart(own!);
  await until('it has it again', () => a.owned().includes(own!));
  expect(taken.slice(before)).toEqual([`a ${own}`]);
});
