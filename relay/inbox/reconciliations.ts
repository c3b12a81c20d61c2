/** For each integration and day: the records that changed in Salesforce, and what became of each. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';

export interface Reconciliation {
  readonly integrationId: string;
  /** YYYY-MM-DD, UTC */
  readonly day: string;
  /** Records that changed that day and that the integration's trigger is about. */
  readonly matched: number;
  /** Of these: with an Issue. */
  readonly issues: number;
  /** Of these: without one, for a reason that the log gives. */
  readonly explained: number;
  /** Of these: without any row. Zero, or an alarm: they were added to the inbox when they were found. */
  readonly missing: number;
  readonly details: readonly { readonly recordId: string; readonly message: string }[];
  readonly checkedAt: Date;
}

/** What the log says of records: with an Issue, explained otherwise, or unknown to it. */
export async function standing(
  db: Db,
  integrationId: string,
  recordIds: readonly string[],
): Promise<Map<string, 'issue' | 'explained'>> {
  if (recordIds.length === 0) return new Map();
  // By the records' own index: `|| ''` keeps that of the integration, which may have most of the log, out of it.
  const { rows } = await sql<{ record_id: string; issue: boolean }>`
    select record_id, bool_or(issue_id is not null) as issue
      from (select record_id, issue_id from execution where integration_id || '' = ${integrationId} and record_id = any(${recordIds}::text[])
            union all
            select record_id, null from delivery where integration_id || '' = ${integrationId} and record_id = any(${recordIds}::text[])) as known
     group by record_id`.execute(db);
  return new Map(rows.map((row) => [row.record_id, row.issue ? 'issue' : 'explained']));
}

export async function saveReconciliation(db: Db, report: Omit<Reconciliation, 'checkedAt'>): Promise<void> {
  await sql`
    insert into reconciliation (integration_id, day, matched, issues, explained, missing, details, checked_at)
    values (${report.integrationId}, ${report.day}::date, ${report.matched}, ${report.issues}, ${report.explained}, ${report.missing},
            ${JSON.stringify(report.details.slice(0, 100))}::jsonb, clock_timestamp())
    on conflict (integration_id, day) do update
       set matched = excluded.matched, issues = excluded.issues, explained = excluded.explained,
           missing = excluded.missing, details = excluded.details, checked_at = excluded.checked_at`.execute(db);
}

/** Newest day first. */
export async function reconciliationsOf(
  db: Db,
  integrationId: string,
  limit: number,
  before: string | null,
): Promise<Reconciliation[]> {
  const rows = await db
    .selectFrom('reconciliation')
    .selectAll()
    .where('integration_id', '=', integrationId)
    .$if(before !== null, (query) => query.where('day', '<', before ?? ''))
    .orderBy('day', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    integrationId: row.integration_id,
    day: String(row.day),
    matched: row.matched,
    issues: row.issues,
    explained: row.explained,
    missing: row.missing,
    details: row.details as Reconciliation['details'],
    checkedAt: row.checked_at,
  }));
}
