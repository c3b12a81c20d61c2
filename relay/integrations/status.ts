/** How an integration is doing. Counts are kept by the database as the log is written, so that asking costs the same at any size. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { IntegrationStatus } from '../model/integration.ts';

/** What a check found broken: a field that is gone, an assignee who left. */
export interface Drift {
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
  /** Its events wait as errors until it is mended, rather than being sent wrong. */
  readonly blocking: boolean;
}

export interface IntegrationState {
  readonly status: IntegrationStatus;
  /** Due, put off, or parked by a pause. */
  readonly waiting: number;
  readonly running: number;
  /** A bulk load that waits for approval. */
  readonly held: number;
  /** Errors that nothing but a person will end. */
  readonly needsAttention: number;
  readonly counts: { readonly created: number; readonly skipped: number; readonly error: number };
  readonly lastEventAt: string | null;
  readonly lastCreatedAt: string | null;
  /** Age of the oldest event that has no outcome yet; 0 where none waits. */
  readonly lagSeconds: number;
  readonly problems: readonly Drift[];
  readonly problemsCheckedAt: string | null;
}

interface Counts {
  created: string;
  skipped: string;
  error: string;
  needs_attention: string;
  last_event_at: Date | null;
  last_created_at: Date | null;
}

interface Waiting {
  waiting: string;
  running: string;
  held: string;
  last_event_at: Date | null;
  lag: number | null;
}

/** @returns null where there is no such integration */
export async function integrationState(db: Db, id: string): Promise<IntegrationState | null> {
  const integration = await db
    .selectFrom('integration')
    .select(['status', 'problems', 'problems_checked_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!integration) return null;
  const counts = await countsOf(db, id);
  const waiting = await waitingOf(db, id);
  const last = [counts.last_event_at, waiting.last_event_at].flatMap((at) => (at ? [at.getTime()] : []));
  return {
    status: integration.status as IntegrationStatus,
    waiting: Number(waiting.waiting),
    running: Number(waiting.running),
    held: Number(waiting.held),
    needsAttention: Number(counts.needs_attention),
    counts: { created: Number(counts.created), skipped: Number(counts.skipped), error: Number(counts.error) },
    lastEventAt: last.length > 0 ? new Date(Math.max(...last)).toISOString() : null,
    lastCreatedAt: counts.last_created_at?.toISOString() ?? null,
    lagSeconds: Math.max(0, Math.round(Number(waiting.lag ?? 0))),
    problems: (integration.problems as Drift[]).map(({ code, path, message, remedy, blocking }) => ({
      code,
      path,
      message,
      remedy,
      blocking,
    })),
    problemsCheckedAt: integration.problems_checked_at?.toISOString() ?? null,
  };
}

async function countsOf(db: Db, id: string): Promise<Counts> {
  const { rows } = await sql<Counts>`
    select coalesce(sum(total) filter (where outcome = 'created'), 0) as created,
           coalesce(sum(total) filter (where outcome = 'skipped'), 0) as skipped,
           coalesce(sum(total) filter (where outcome = 'error'), 0) as error,
           coalesce(sum(waiting_for_person), 0) as needs_attention,
           max(last_event_at) as last_event_at,
           max(last_finished_at) filter (where outcome = 'created') as last_created_at
      from execution_count where integration_id = ${id}`.execute(db);
  return rows[0] as Counts;
}

async function waitingOf(db: Db, id: string): Promise<Waiting> {
  const { rows } = await sql<Waiting>`
    select count(*) filter (where state in ('ready', 'parked') and not in_hand) as waiting,
           count(*) filter (where in_hand) as running,
           count(*) filter (where state = 'held') as held,
           max(event_at) as last_event_at,
           extract(epoch from clock_timestamp() - min(received_at) filter (where state = 'ready'))::float8 as lag
      from (select state, event_at, received_at, coalesce(lease_until > clock_timestamp(), false) as in_hand
              from delivery where integration_id = ${id}) as work`.execute(db);
  return rows[0] as Waiting;
}
