/** What was found by query: catch-ups and the daily reconciliations. Read here; the relay's inside writes them. */
import { type Selectable, sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { type Page, type PageRequest, toPage } from '../db/page.ts';
import type { CatchUpTable } from '../db/schema.ts';

export interface CatchUp {
  readonly id: string;
  /** `asked`, `activation`, `position_lost`, `gap` or `reconciliation`. */
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

/** Newest first. @param page.after `<created at, microseconds>/<id>` */
export async function catchUps(db: Db, integrationId: string, page: PageRequest): Promise<Page<CatchUp>> {
  const [micros, after] = page.after?.split('/') ?? [];
  const older =
    page.after === null
      ? sql`true`
      : sql`(created_at, id) < (timestamptz 'epoch' + ${micros}::bigint * interval '1 microsecond', ${after})`;
  const { rows } = await sql<CatchUpRow & { micros: string }>`
    select *, (extract(epoch from created_at) * 1000000)::bigint::text as micros
      from catch_up where integration_id = ${integrationId} and ${older}
     order by created_at desc, id desc limit ${page.limit + 1}`.execute(db);
  return toPage(rows, page.limit, (row) => `${row.micros}/${row.id}`, toCatchUp);
}

/** What a cursor of `catchUps` looks like. */
export const CATCH_UP_KEY = /^\d{1,17}\/[A-Za-z0-9_-]{1,64}$/;

/** The latest that a person asked for; else the latest of all. */
export async function latestCatchUp(db: Db, integrationId: string): Promise<CatchUp | null> {
  const { rows } = await sql<CatchUpRow>`
    select * from catch_up where integration_id = ${integrationId}
     order by (cause = 'asked') desc, created_at desc, id desc limit 1`.execute(db);
  return rows[0] ? toCatchUp(rows[0]) : null;
}

type CatchUpRow = Selectable<CatchUpTable>;

const toCatchUp = (row: CatchUpRow): CatchUp => ({
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
});

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
