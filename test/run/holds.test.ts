import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { receive } from '../../relay/inbox/receive.ts';
import { type Holds, holds } from '../../relay/run/holds.ts';
import { makeLog } from '../../relay/run/log.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { until } from '../support/relay-process.ts';
import { INTEGRATION, SALESFORCE, ZENQMS, changeEvent, seedConnections, seedIntegration } from '../support/rows.ts';

const START = Date.parse('2026-03-01T10:00:00Z');
const AWAY = { code: 'network', message: 'It can not be reached.', remedy: 'Wait.', status: 'unreachable' };

let database: Database;
let now: number;
let held: Holds;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  await emptyTables(database);
  await seedConnections(database.db);
  await seedIntegration(database.db);
  now = START;
  held = holds('zenqms_connection', { db: database.db, log: makeLog('silent'), now: () => new Date(now), jitter: () => 0 });
});
afterAll(() => database.close());

const seconds = (until: Date | null): number | null => (until === null ? null : (until.getTime() - now) / 1_000);

async function away(times: number): Promise<(number | null)[]> {
  const rests: (number | null)[] = [];
  for (let time = 0; time < times; time += 1) {
    const rest = seconds(await held.shaky(ZENQMS, AWAY));
    if (rest !== null) now += rest * 1_000 + 1;
    rests.push(rest);
  }
  return rests;
}

test('who is away is looked for again, at least once a minute', async () => {
  expect(await away(16)).toEqual([...Array(7).fill(null), 1, 3, 10, 30, 60, 60, 60, 60, 60]);
});

test('who asks for more, or refuses the token, is left alone for longer', async () => {
  const refused = { ...AWAY, code: 'unauthorized', status: 'unauthorized' };
  const rests: (number | null)[] = [];
  for (let time = 0; time < 8; time += 1) {
    const rest = seconds(await held.rest(ZENQMS, refused, null));
    now += (rest ?? 0) * 1_000 + 1;
    rests.push(rest);
  }
  expect(rests).toEqual([1, 3, 10, 30, 60, 120, 300, 300]);
  expect(seconds(await held.rest(ZENQMS, AWAY, 900_000))).toBe(900);
});

test.each([
  ['it answers after it was away', true],
  ['a limit is over', false],
])('once %s, what was put off is tried at once: %s', async (_when, gone) => {
  const events = [1, 2, 3, 4].map(() => changeEvent());
  await receive(database.db, { connectionId: SALESFORCE, position: null, events }, async () =>
    events.map((event, place) => ({
      event,
      integrationId: INTEGRATION,
      zenqmsConnectionId: place === 3 ? 'zq-other' : ZENQMS,
      state: 'ready' as const,
      awake: true,
      prior: null,
    })),
  );
  // Two were tried in vain, one only waits for its time, one is another account's.
  await sql`update delivery set due_at = clock_timestamp() + interval '1 hour', attempts = case when id % 4 = (select min(id) + 2 from delivery) % 4 then 0 else 6 end`.execute(
    database.db,
  );
  if (gone) await away(8);
  else await held.rest(ZENQMS, { ...AWAY, code: 'rate_limited', status: null }, 1_000);
  const problems = () => database.db.selectFrom('zenqms_connection').select('id').where('problem', 'is not', null).execute();
  expect(await problems()).toHaveLength(1);
  held.well(ZENQMS);
  await until('it is noted', async () => (await problems()).length === 0);
  const due = async (): Promise<boolean[]> => {
    const { rows } = await sql<{ due: boolean }>`select due_at <= clock_timestamp() as due from delivery order by id`.execute(
      database.db,
    );
    return rows.map((row) => row.due);
  };
  if (gone) await until('what was tried in vain is due', async () => (await due())[0] === true);
  expect(await due()).toEqual([gone, gone, false, false]);
});
