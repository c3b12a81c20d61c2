/** Reads the execution log: newest received first, by keyset, so that a page costs the same at the start and at the end. */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { type Page, type PageRequest, toPage } from '../db/page.ts';
import type { Attempt, DecisionStep, Outcome } from '../model/outcome.ts';

export interface Execution {
  readonly id: string;
  readonly integrationId: string;
  readonly object: string;
  readonly recordId: string;
  readonly changeType: string;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly message: string;
  readonly issueId: string | null;
  readonly issueNumber: string | null;
  readonly attempts: number;
  readonly eventAt: string;
  readonly receivedAt: string;
  /** null while it is tried again by itself. */
  readonly finishedAt: string | null;
  readonly nextTryAt: string | null;
}

export interface ExecutionDetail extends Execution {
  readonly steps: readonly DecisionStep[];
  readonly attemptLog: readonly Attempt[];
}

export interface ExecutionFilter {
  readonly integrationId?: string | undefined;
  readonly outcome?: Outcome | undefined;
  readonly reason?: string | undefined;
  /** 18 characters. */
  readonly recordId?: string | undefined;
  /** Both mean receivedAt; since is included, until is not. */
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

interface Row {
  id: string;
  integration_id: string;
  object: string;
  record_id: string;
  change_type: string;
  outcome: string;
  reason: string;
  message: string;
  issue_id: string | null;
  issue_number: string | null;
  attempts: number;
  event_at: Date;
  received_at: Date;
  finished_at: Date | null;
  next_try_at: Date | null;
}

const COLUMNS =
  sql.raw(`id::text as id, integration_id, object, record_id, change_type, outcome, reason, message, issue_id, issue_number,
  attempts, event_at, received_at, finished_at, next_try_at`);

/** @param page.after `<received at, microseconds>/<id>`; a Date would lose the microseconds, and with them rows */
export async function searchExecutions(db: Db, filter: ExecutionFilter, page: PageRequest): Promise<Page<Execution>> {
  const conditions: RawBuilder<unknown>[] = [sql`true`];
  if (filter.integrationId !== undefined) {
    // A record has few rows: `|| ''` keeps the index of the integration, which may have most of the log, out of it.
    const integration = filter.recordId === undefined ? sql`integration_id` : sql`integration_id || ''`;
    conditions.push(sql`${integration} = ${filter.integrationId}`);
  }
  if (filter.outcome !== undefined) conditions.push(sql`outcome = ${filter.outcome}`);
  if (filter.reason !== undefined) conditions.push(sql`reason = ${filter.reason}`);
  if (filter.recordId !== undefined) conditions.push(sql`record_id = ${filter.recordId}`);
  if (filter.since !== undefined) conditions.push(sql`received_at >= ${filter.since.toISOString()}::timestamptz`);
  if (filter.until !== undefined) conditions.push(sql`received_at < ${filter.until.toISOString()}::timestamptz`);
  if (page.after !== null) {
    const [micros, id] = page.after.split('/');
    conditions.push(sql`(received_at, id) < (timestamptz 'epoch' + ${micros}::bigint * interval '1 microsecond', ${id}::bigint)`);
  }
  const { rows } = await sql<Row & { micros: string }>`
    select ${COLUMNS}, (extract(epoch from received_at) * 1000000)::bigint::text as micros
      from execution
     where ${sql.join(conditions, sql` and `)}
     order by received_at desc, id desc
     limit ${page.limit + 1}`.execute(db);
  return toPage(rows, page.limit, (row) => `${row.micros}/${row.id}`, toExecution);
}

/** What a cursor of `searchExecutions` looks like. */
export const EXECUTION_KEY = /^\d{1,17}\/\d{1,18}$/;

export async function findExecution(db: Db, id: string): Promise<ExecutionDetail | null> {
  const { rows } = await sql<Row & { steps: DecisionStep[]; attempt_log: Attempt[] }>`
    select ${COLUMNS}, steps, attempt_log from execution where id = ${id}::bigint`.execute(db);
  const row = rows[0];
  return row ? { ...toExecution(row), steps: row.steps, attemptLog: row.attempt_log } : null;
}

const toExecution = (row: Row): Execution => ({
  id: row.id,
  integrationId: row.integration_id,
  object: row.object,
  recordId: row.record_id,
  changeType: row.change_type,
  outcome: row.outcome as Outcome,
  reason: row.reason,
  message: row.message,
  issueId: row.issue_id,
  issueNumber: row.issue_number,
  attempts: row.attempts,
  eventAt: row.event_at.toISOString(),
  receivedAt: row.received_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  nextTryAt: row.next_try_at?.toISOString() ?? null,
});
