import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { take } from '../../relay/inbox/take.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { seedConnections, seedIntegration, SALESFORCE, ZENQMS } from '../support/rows.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const OTHERS = ['zq-2', 'zq-3', 'zq-4'];

beforeEach(async () => {
  await emptyTables(database);
  await seedConnections(database.db);
  await seedIntegration(database.db, { id: ZENQMS });
  for (const id of OTHERS) {
    await database.db
      .insertInto('zenqms_connection')
      .values({ id, account_id: id, name: id, base_url: 'https://public-api.zenqms.com', api_token: Buffer.from('x') })
      .execute();
    await seedIntegration(database.db, { id, definition: { zenqmsConnectionId: id } });
  }
});

/** Work of the integration of that name, as it is of that account, due so many minutes ago. */
async function due(account: string, minutes: readonly number[]): Promise<void> {
  for (const ago of minutes) {
    const at = new Date(Date.now() - ago * 60_000);
    const event = await database.db
      .insertInto('event')
      .values({
        event_at: at,
        connection_id: SALESFORCE,
        event_key: `${account}/${ago}`,
        object: 'Case',
        record_id: 'r',
        change_type: 'CREATE',
        source: 'stream',
        replay_id: null,
        payload: '{}',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await database.db
      .insertInto('delivery')
      .values({
        integration_id: account,
        salesforce_connection_id: SALESFORCE,
        zenqms_connection_id: account,
        event_id: event.id,
        event_at: at,
        object: 'Case',
        record_id: 'r',
        change_type: 'CREATE',
        due_at: at,
      })
      .execute();
  }
}

const takes = async (limit: number): Promise<string[]> =>
  (await take(database.db, { limit, lease: 'mine', leaseMs: 60_000 })).map((each) => each.event.key).sort();

const minutes = (from: number, to: number): number[] => Array.from({ length: to - from }, (_each, index) => from + index);

test('the oldest of one account first, and all of it in the end', async () => {
  await due(ZENQMS, [1, 4, 3, 2]);
  expect(await takes(3)).toEqual(['zq-1/2', 'zq-1/3', 'zq-1/4']);
  expect(await takes(3)).toEqual(['zq-1/1']);
  expect(await takes(3)).toEqual([]);
});

test('a long backlog of one account does not delay the others', async () => {
  await due(ZENQMS, minutes(100, 120));
  await due('zq-2', [1]);
  expect(await takes(10)).toEqual([...minutes(115, 120).map((ago) => `zq-1/${ago}`), 'zq-2/1']);
});

test('an account that rests is left alone, and the others have all the room', async () => {
  await due(ZENQMS, minutes(100, 110));
  await due('zq-2', minutes(1, 5));
  await database.db
    .updateTable('zenqms_connection')
    .set({ hold_until: new Date(Date.now() + 60_000) })
    .where('id', '=', ZENQMS)
    .execute();
  expect(await takes(4)).toEqual(minutes(1, 5).map((ago) => `zq-2/${ago}`));
  expect(await takes(4)).toEqual([]);
});

test('where there is room for fewer than there are accounts, those that wait longest come first, and none is left out', async () => {
  for (const [place, account] of [ZENQMS, ...OTHERS].entries()) await due(account, [10 + place]);
  expect(await takes(2)).toEqual(['zq-3/12', 'zq-4/13']);
  expect(await takes(2)).toEqual(['zq-1/10', 'zq-2/11']);
});

test('what was put off is not taken before its time', async () => {
  await due(ZENQMS, [-1, 1]);
  expect(await takes(5)).toEqual(['zq-1/1']);
});

test('what one relay takes, no other takes', async () => {
  await due(ZENQMS, minutes(1, 20));
  await due('zq-2', minutes(1, 20));
  const batches = await Promise.all(minutes(0, 6).map(() => takes(7)));
  const all = batches.flat();
  expect(new Set(all).size).toBe(all.length);
  let rest = await takes(7);
  while (rest.length > 0) {
    all.push(...rest);
    rest = await takes(7);
  }
  expect(all).toHaveLength(38);
});
