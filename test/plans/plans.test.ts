/**
 * The plan of each statement at a million rows. Not its time, which says more of the machine: how many rows it looks at, and that it
 * reads no large table from end to end.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Case } from './case.ts';
import { type Million, makeMillion } from './million.ts';
import { cases } from './statements.ts';
import { type Scan, type Seen, type Watched, watch } from './watch.ts';

/** Reading so few rows one after the other is no worse than finding them. */
const FEW = 1_000;

const server = process.env['TEST_DATABASE_URL'];
const now = new Date();

describe.skipIf(!server)('at a million rows', () => {
  let million: Million | undefined;
  let watched: Watched | undefined;
  beforeAll(async () => {
    million = await makeMillion(server ?? '', now);
    watched = watch(million.url);
  });
  afterAll(async () => {
    await watched?.close();
    await million?.drop();
  });

  const look = async ({ rows, run, before, whole }: Case): Promise<void> => {
    if (!watched) throw new Error('there is no database');
    await before?.(watched.db);
    watched.seen();
    await run(watched.db);
    const seen = watched.seen();
    expect(seen).not.toEqual([]);
    expect(seen.filter((each) => lookedAt(each) > rows).map(say)).toEqual([]);
    if (whole === undefined) expect(seen.filter((each) => each.scans.some(readsAll)).map(say)).toEqual([]);
  };

  describe('that nobody has analysed', () => {
    test.for(cases(now).filter((each) => each.always))('$name', look);
  });

  describe('with statistics', () => {
    beforeAll(() => million?.analyse());
    test.for(cases(now))('$name', look);
  });
});

const readsAll = (scan: Scan): boolean => scan.kind === 'Seq Scan' && scan.rowsOfOne > FEW;

const lookedAt = ({ scans }: Seen): number => scans.reduce((sum, scan) => sum + scan.rows, 0);

const say = (seen: Seen): string =>
  [
    seen.text.replace(/\s+/g, ' ').trim(),
    `${lookedAt(seen)} rows, ${seen.pages} pages, ${seen.ms} ms`,
    ...seen.scans
      .filter((scan) => scan.rows > FEW)
      .map((scan) => `${scan.rows} rows by ${scan.kind} of ${scan.index ?? scan.table}`),
  ].join('\n');
