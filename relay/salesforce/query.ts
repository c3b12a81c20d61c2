/** Queries: by GET, page after page. */
import { z } from 'zod';
import { SalesforceError } from '../model/salesforce.ts';
import { read } from './answer.ts';
import type { Session } from './session.ts';

export type Row = Readonly<Record<string, unknown>>;

const Page = z.object({
  records: z.array(z.record(z.string(), z.unknown())),
  done: z.boolean().nullish(),
  nextRecordsUrl: z.string().nullish(),
});

export interface QueryOptions {
  /** Deleted records that are still in the recycle bin too. */
  readonly all?: boolean;
  readonly tooling?: boolean;
  /** More rows than these are not asked for. */
  readonly maxRows?: number;
}

export async function query(session: Session, soql: string, options: QueryOptions = {}): Promise<Row[]> {
  const tooling = options.tooling ?? false;
  const rows: Row[] = [];
  let page = read(Page, await session.request({ method: 'GET', path: queryPath(soql, options.all ?? false), tooling }));
  rows.push(...page.records);
  while (page.done === false && page.nextRecordsUrl && rows.length < (options.maxRows ?? 50_000)) {
    page = read(Page, await session.request({ method: 'GET', path: page.nextRecordsUrl }));
    rows.push(...page.records);
  }
  return rows;
}

/** URI and headers together may have 16,384 characters; a token can take 2,000 of them. */
export const MAX_URI = 12_000;

export function queryPath(soql: string, all: boolean): string {
  return `/${all ? 'queryAll' : 'query'}?q=${encodeURIComponent(soql)}`;
}

/** null where Salesforce says no; an outage is still thrown. */
export async function unlessRefused<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof SalesforceError && error.kind === 'refused') return null;
    throw error;
  }
}
