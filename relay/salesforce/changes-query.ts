/** Which records were created or changed in a window, by query: what the stream should have brought, and what it may not have. */
import { z } from 'zod';
import { type ObjectDescribe, SalesforceError } from '../model/salesforce.ts';
import { read } from './answer.ts';
import { toId18 } from './ids.ts';
import { query } from './query.ts';
import type { Session } from './session.ts';
import { dateTime, identifier, quote } from './soql.ts';

export interface ChangedRow {
  /** 18 characters. */
  readonly id: string;
  /** UTC ISO 8601; Salesforce keeps whole seconds. */
  readonly createdDate: string;
  readonly lastModifiedDate: string;
  readonly deleted: boolean;
}

export interface ChangesWindow {
  readonly since: Date;
  readonly until: Date;
  /** When a search is taken up again in the middle: where its window really began. */
  readonly createdSince?: Date;
  /** At most 2,000. */
  readonly pageSize?: number;
}

/**
 * Pages in the order of LastModifiedDate, then Id, so that the last row of a page is where a broken search goes on. A record that
 * was created within the window is found even when it was changed after its end: only the last change is kept by Salesforce.
 * @throws SalesforceError, and whatever `onPage` throws
 */
export async function queryChanged(
  session: Session,
  describe: ObjectDescribe,
  window: ChangesWindow,
  onPage: (rows: ChangedRow[]) => Promise<void>,
): Promise<void> {
  const has = (name: string): boolean => describe.fields.some((field) => field.name === name);
  if (!has('CreatedDate') || !has('LastModifiedDate')) {
    throw new SalesforceError('refused', 'NO_AUDIT_FIELDS', `${describe.name} does not say when its records were changed.`);
  }
  const size = Math.min(window.pageSize ?? 2_000, 2_000);
  const deletable = has('IsDeleted');
  let after: ChangedRow | null = null;
  for (;;) {
    const rows: ChangedRow[] = (await query(session, soql(describe, window, after, size, deletable), { all: true })).map(toRow);
    if (rows.length > 0) await onPage(rows);
    after = rows.at(-1) ?? null;
    if (after === null || rows.length < size) return;
  }
}

function soql(
  describe: ObjectDescribe,
  window: ChangesWindow,
  after: ChangedRow | null,
  size: number,
  deletable: boolean,
): string {
  const [since, until, createdSince] = [window.since, window.until, window.createdSince ?? window.since].map(dateTime);
  const conditions = [
    `LastModifiedDate >= ${since}`,
    `(LastModifiedDate < ${until} OR (CreatedDate >= ${createdSince} AND CreatedDate < ${until}))`,
  ];
  // By the key and not by offset: rows that change while this goes on move behind the place, never before it.
  if (after) {
    const at = dateTime(new Date(after.lastModifiedDate));
    conditions.push(`(LastModifiedDate > ${at} OR (LastModifiedDate = ${at} AND Id > ${quote(after.id)}))`);
  }
  const fields = ['Id', 'CreatedDate', 'LastModifiedDate', ...(deletable ? ['IsDeleted'] : [])];
  return `SELECT ${fields.join(', ')} FROM ${identifier(describe.name)} WHERE ${conditions.join(' AND ')} ORDER BY LastModifiedDate, Id LIMIT ${size}`;
}

const Row = z.object({ Id: z.string(), CreatedDate: z.string(), LastModifiedDate: z.string(), IsDeleted: z.boolean().nullish() });

function toRow(row: unknown): ChangedRow {
  const { Id, CreatedDate, LastModifiedDate, IsDeleted } = read(Row, row);
  return { id: toId18(Id), createdDate: iso(CreatedDate), lastModifiedDate: iso(LastModifiedDate), deleted: IsDeleted ?? false };
}

/** REST writes +0000 without the colon. */
function iso(text: string): string {
  const at = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  if (Number.isNaN(at))
    throw new SalesforceError('retry', 'UNEXPECTED_ANSWER', `Salesforce answered with a date that is none: ${text.slice(0, 40)}`);
  return new Date(at).toISOString();
}
