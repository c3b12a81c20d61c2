import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { type Columns, rowsOf } from '../../relay/db/rows-of.ts';
import { storableJson } from '../../relay/db/storable.ts';
import { testDatabase } from '../support/database.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const AWKWARD = [
  '',
  ' ',
  'NULL',
  'null',
  '{a,b}',
  'a,b',
  'say "no"',
  '"',
  '\\',
  '\\"',
  '\\n',
  'C:\\new\\table',
  'a\nb\tc\rd\be\ff\u0001\u007f',
  "O'Hara",
  'é € 🜁 \u2028',
  '$1',
];

const TEXT: Columns<string | null> = {
  place: ['int', (_text, place) => place],
  plain: ['text', (text) => text],
  json: ['json', (text) => storableJson({ text, again: [text] })],
};

const read = async (texts: readonly (string | null)[]): Promise<{ place: number; plain: string | null; json: unknown }[]> => {
  const { rows } = await sql<{ place: number; plain: string | null; json: unknown }>`
    select place, plain, json::jsonb as json from ${rowsOf('r', texts, TEXT)} order by place`.execute(database.db);
  return rows;
};

test.each(AWKWARD)('%j comes as it went, alone and inside JSON', async (text) => {
  expect(await read([text])).toEqual([{ place: 0, plain: text, json: { text, again: [text] } }]);
});

test('many rows stay what they are beside each other', async () => {
  const texts = [...AWKWARD, null, ...AWKWARD];
  expect(await read(texts)).toEqual(texts.map((text, place) => ({ place, plain: text, json: { text, again: [text] } })));
});

test('what no column takes is made storable', async () => {
  const [row] = await read(['a\u0000b \ud83d!']);
  expect(row).toEqual({ place: 0, plain: 'ab \ufffd!', json: { text: 'ab \ufffd!', again: ['ab \ufffd!'] } });
});

test('the other types, and none', async () => {
  const columns: Columns<{ id: string | null; yes: boolean | null; at: string | null }> = {
    id: ['bigint', (row) => row.id],
    yes: ['boolean', (row) => row.yes],
    at: ['timestamptz', (row) => row.at],
  };
  const given = [
    { id: '9223372036854775807', yes: true, at: '2026-03-01T00:00:00.123Z' },
    { id: '-1', yes: false, at: '-infinity' },
    { id: null, yes: null, at: null },
  ];
  const { rows } = await sql`
    select id, yes, at::text like '%.123%' as exact, at = '-infinity' as never from ${rowsOf('r', given, columns)}`.execute(
    database.db,
  );
  expect(rows).toEqual([
    { id: '9223372036854775807', yes: true, exact: true, never: false },
    { id: '-1', yes: false, exact: false, never: true },
    { id: null, yes: null, exact: null, never: null },
  ]);
});

test('no rows are none', async () => {
  expect(await read([])).toEqual([]);
});
