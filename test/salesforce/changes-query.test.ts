import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ObjectDescribe } from '../../relay/model/salesforce.ts';
import { type ChangedRow, type ChangesWindow, queryChanged } from '../../relay/salesforce/changes-query.ts';
import { describesOf } from '../../relay/salesforce/describe.ts';
import type { Session } from '../../relay/salesforce/session.ts';
import { type Salesforce, startSalesforce } from '../standins/salesforce/server.ts';
import { failure, sessionOf } from './support.ts';

const START = Date.UTC(2026, 0, 10, 8);
const at = (minutes: number): Date => new Date(START + minutes * 60_000);

let salesforce: Salesforce;
let session: Session;
let clock: Date;
beforeEach(async () => {
  clock = at(0);
  salesforce = await startSalesforce({ now: () => clock.getTime() });
  session = sessionOf(salesforce).session;
});
afterEach(async () => {
  await session.close();
  await salesforce.close();
});

async function changed(window: ChangesWindow): Promise<ChangedRow[][]> {
  const describe = (await describesOf(session).describe('Case')) as ObjectDescribe;
  const pages: ChangedRow[][] = [];
  await queryChanged(session, describe, window, async (rows) => void pages.push(rows));
  return pages;
}

const insert = (minutes: number): string => {
  clock = at(minutes);
  return salesforce.db.insert('Case', { Subject: `at ${minutes}` });
};

test('finds what was created or changed in the window, deleted records too', async () => {
  const before = insert(0);
  const created = insert(10);
  const edited = insert(1);
  const deleted = insert(12);
  const after = insert(40);
  clock = at(15);
  salesforce.db.update('Case', edited, { Priority: 'High' });
  salesforce.db.delete('Case', deleted);
  const rows = (await changed({ since: at(5), until: at(30) })).flat();
  expect(rows.map((row) => row.id).sort()).toEqual([created, edited, deleted].sort());
  expect(rows.find((row) => row.id === edited)).toEqual({
    id: edited,
    createdDate: at(1).toISOString(),
    lastModifiedDate: at(15).toISOString(),
    deleted: false,
  });
  expect(rows.find((row) => row.id === deleted)?.deleted).toBe(true);
  expect([before, after].some((id) => rows.some((row) => row.id === id))).toBe(false);
});

test('a record that was created in the window and changed after it is found: Salesforce keeps only the last change', async () => {
  const id = insert(10);
  clock = at(50);
  salesforce.db.update('Case', id, { Priority: 'High' });
  const rows = (await changed({ since: at(5), until: at(30) })).flat();
  expect(rows).toMatchObject([{ id, createdDate: at(10).toISOString(), lastModifiedDate: at(50).toISOString() }]);
});

test('pages by time and id: a thousand records of one second neither repeat nor get lost', async () => {
  clock = at(10);
  const ids = salesforce.db.insertMany(
    'Case',
    Array.from({ length: 1_000 }, (_, n) => ({ Subject: `${n}` })),
  );
  insert(11);
  const pages = await changed({ since: at(5), until: at(30), pageSize: 300 });
  expect(pages.map((page) => page.length)).toEqual([300, 300, 300, 101]);
  expect(new Set(pages.flat().map((row) => row.id)).size).toBe(1_001);
  expect(
    pages
      .flat()
      .slice(0, 1_000)
      .map((row) => row.id)
      .sort(),
  ).toEqual([...ids].sort());
});

test('a record that changes while the search goes on is not lost', async () => {
  clock = at(10);
  const ids = Array.from({ length: 4 }, (_, n) => insert(10 + n));
  const describe = (await describesOf(session).describe('Case')) as ObjectDescribe;
  const seen: string[] = [];
  await queryChanged(session, describe, { since: at(5), until: at(30), pageSize: 2 }, async (rows) => {
    seen.push(...rows.map((row) => row.id));
    if (seen.length > 2) return;
    clock = at(20);
    salesforce.db.update('Case', ids[3] ?? '', { Priority: 'High' });
    salesforce.db.update('Case', ids[0] ?? '', { Priority: 'High' });
  });
  expect(new Set(seen)).toEqual(new Set(ids));
});

test('the end of the window is outside, the beginning inside', async () => {
  const first = insert(5);
  insert(30);
  expect((await changed({ since: at(5), until: at(30) })).flat().map((row) => row.id)).toEqual([first]);
});

test('an object that does not say when its records changed is refused', async () => {
  const describe = { name: 'Odd', label: 'Odd', custom: false, fields: [] };
  const error = await failure(queryChanged(session, describe, { since: at(0), until: at(1) }, async () => undefined));
  expect(error).toMatchObject({ kind: 'refused', code: 'NO_AUDIT_FIELDS' });
});

test('what the page handler throws ends the search', async () => {
  insert(10);
  const describe = (await describesOf(session).describe('Case')) as ObjectDescribe;
  const stop = queryChanged(session, describe, { since: at(0), until: at(30) }, async () => {
    throw new Error('enough');
  });
  expect((await failure(stop)).message).toBe('enough');
});
