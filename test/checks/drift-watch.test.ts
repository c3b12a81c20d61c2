import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type DriftChange, type DriftWatch, startDriftWatch } from '../../relay/checks/drift-watch.ts';
import type { Database } from '../../relay/db/connect.ts';
import { SF, type World, ZQ, draft, sides, world } from '../integrations/validate/fakes.ts';
import { emptyTables, testDatabase } from '../support/database.ts';

const HOUR = 3_600_000;
let database: Database;
let of: World;
let now: number;
let watch: DriftWatch;
const changes: DriftChange[] = [];
const errors: unknown[] = [];

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

beforeEach(async () => {
  await emptyTables(database);
  const { db } = database;
  const bytes = Buffer.alloc(1);
  await db
    .insertInto('salesforce_connection')
    .values({ id: SF, name: 'Org', login_url: 'https://x', client_id: 'c', client_secret: bytes, settings: '{}' })
    .execute();
  await db
    .insertInto('zenqms_connection')
    .values({
      id: ZQ,
      account_id: 'a',
      name: 'Account',
      base_url: 'https://y',
      api_token: bytes,
      account_sample: '[]',
      settings: '{}',
    })
    .execute();
  of = world();
  now = Date.parse('2026-03-02T10:00:00Z');
  changes.length = errors.length = 0;
  watch = start();
});
afterEach(() => watch.stop());

const start = (): DriftWatch =>
  startDriftWatch({
    db: database.db,
    sides: sides(of),
    now: () => new Date(now),
    intervalMs: HOUR,
    onChange: (change) => changes.push(change),
    onError: (_id, error) => errors.push(error),
  });

async function integration(id: string, more: Parameters<typeof draft>[0] = {}): Promise<void> {
  const definition = draft(more);
  await database.db
    .insertInto('integration')
    .values({
      id,
      name: id,
      salesforce_connection_id: SF,
      zenqms_connection_id: ZQ,
      object: definition.object,
      definition: JSON.stringify(definition),
      status: 'active',
      problems: '[]',
      updated_at: new Date(now - 600_000),
    })
    .execute();
}

const row = (id: string) =>
  database.db
    .selectFrom('integration')
    .select(['problems', 'problems_checked_at as at', 'revision'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

test('each is checked in its turn and not before', async () => {
  await integration('one');
  expect(await watch.check()).toBe(1);
  expect(await row('one')).toMatchObject({ problems: [], at: new Date(now) });
  now += HOUR - 1;
  expect(await watch.check()).toBe(0);
  now += 1;
  expect(await watch.check()).toBe(1);
  expect((await row('one')).at).toEqual(new Date(now));
});

test('a new one was validated when it was saved: it is left alone for as long', async () => {
  await integration('one');
  now -= 1;
  expect(await watch.check()).toBe(0);
});

test('what broke stands in its row with the remedy, and goes when it is mended', async () => {
  await integration('one');
  await watch.check();
  of.users = [];
  now += HOUR;
  await watch.check();
  expect((await row('one')).problems).toEqual([
    expect.objectContaining({ code: 'unknown_assignee', blocking: true, remedy: expect.stringContaining('ZenQMS') as string }),
  ]);
  expect(changes).toMatchObject([{ integrationId: 'one', appeared: [{ code: 'unknown_assignee' }], mended: [] }]);
  of.users = world().users;
  expect(await watch.checkOne('one')).toEqual([]);
  expect((await row('one')).problems).toEqual([]);
  expect(changes[1]).toMatchObject({ appeared: [], mended: [{ code: 'unknown_assignee' }] });
});

test('the first check of all is the measure: a value that was never there does not block', async () => {
  await integration('one', { filterFormula: "ISPICKVAL(Status, 'Clsoed')" });
  await watch.check();
  expect((await row('one')).problems).toMatchObject([{ code: 'formula_type', blocking: false }]);
  now += HOUR;
  await watch.check();
  expect((await row('one')).problems).toMatchObject([{ code: 'formula_type', blocking: false }]);
});

test('hundreds are checked with one question for each thing', async () => {
  for (let index = 0; index < 120; index += 1) await integration(`i-${index}`, { assigneeId: 'u-1' });
  expect(await watch.check()).toBe(120);
  // Three batches of fifty.
  expect(of.calls.filter((call) => call === 'salesforce.describe Case').length).toBe(3);
  expect(of.calls.filter((call) => call === 'zenqms.fields cat-1').length).toBe(3);
});

test('two relays share the work', async () => {
  for (let index = 0; index < 20; index += 1) await integration(`i-${index}`);
  await watch.check();
  now += HOUR;
  const other = start();
  const counts = await Promise.all([watch.check(), other.check()]);
  await other.stop();
  expect(counts[0] + counts[1]).toBe(20);
});

test('one that fails for a reason of our own stops no other', async () => {
  await integration('one', { object: 'Solution', title: null, fieldMappings: [] });
  await integration('two');
  of.failing['zenqms.fields'] = new TypeError('bug');
  await watch.check();
  expect(errors.length).toBe(2);
  delete of.failing['zenqms.fields'];
  expect(await watch.check()).toBe(2);
  expect((await row('two')).problems).toEqual([]);
});

test('a revision that was saved meanwhile is not overwritten', async () => {
  await integration('one');
  of.users = [];
  const { zenqmsConnection } = sides(of);
  await watch.stop();
  const slow = startDriftWatch({
    db: database.db,
    sides: {
      ...sides(of),
      zenqmsConnection: async (id) => {
        await database.db
          .updateTable('integration')
          .set({ revision: 2, problems: '[]', problems_checked_at: new Date(now) })
          .where('id', '=', 'one')
          .execute();
        return zenqmsConnection(id);
      },
    },
    now: () => new Date(now),
    intervalMs: HOUR,
    onChange: (change) => changes.push(change),
    onError: (_id, error) => errors.push(error),
  });
  expect(await slow.check()).toBe(1);
  await slow.stop();
  expect(await row('one')).toMatchObject({ problems: [], revision: 2 });
  expect([changes, errors]).toEqual([[], []]);
});

test('one that is not there', async () => {
  expect(await watch.checkOne('none')).toBeNull();
});
