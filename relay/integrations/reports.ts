/** What was found by query: catch-ups and the daily reconciliations. Read here; the relay's inside writes them. */
import type { Db } from '../db/connect.ts';
import { type Page, type PageRequest, toPage } from '../db/page.ts';

export interface CatchUp {
  readonly id: string;
  /** `request`, `schedule`, `gap`, `position_lost`, … */
  readonly cause: string;
  readonly since: string;
  readonly until: string;
  /** Up to where it has come. */
  readonly cursorAt: string | null;
  readonly state: string;
  readonly found: number;
  readonly added: number;
  readonly message: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

/** Newest first. */
export async function catchUps(db: Db, integrationId: string, page: PageRequest): Promise<Page<CatchUp>> {
  let query = db
    .selectFrom('catch_up')
    .selectAll()
    .where('integration_id', '=', integrationId)
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (page.after !== null) query = query.where('id', '<', page.after);
  return toPage(
    await query.execute(),
    page.limit,
    (row) => row.id,
    (row): CatchUp => ({
      id: row.id,
      cause: row.cause,
      since: row.since.toISOString(),
      until: row.until.toISOString(),
      cursorAt: row.cursor_at?.toISOString() ?? null,
      state: row.state,
      found: row.found,
      added: row.added,
      message: row.message,
      createdAt: row.created_at.toISOString(),
      finishedAt: row.finished_at?.toISOString() ?? null,
    }),
  );
}

export interface Reconciliation {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly matched: number;
  readonly issues: number;
  readonly explained: number;
  readonly missing: number;
  readonly details: readonly unknown[];
  readonly checkedAt: string;
}

/** Newest day first. */
export async function reconciliations(db: Db, integrationId: string, page: PageRequest): Promise<Page<Reconciliation>> {
  let query = db
    .selectFrom('reconciliation')
    .selectAll()
    .where('integration_id', '=', integrationId)
    .orderBy('day', 'desc')
    .limit(page.limit + 1);
  if (page.after !== null) query = query.where('day', '<', page.after);
  return toPage(
    await query.execute(),
    page.limit,
    (row) => row.day,
    (row): Reconciliation => ({
      day: row.day,
      matched: row.matched,
      issues: row.issues,
      explained: row.explained,
      missing: row.missing,
      details: row.details as unknown[],
      checkedAt: row.checked_at.toISOString(),
    }),
  );
}
