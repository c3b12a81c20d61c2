/** What a person does with work: retry it, let it go on after a pause, release or discard what was held. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';

/** Some relay is at it, on the database's clock. */
const IN_HAND = sql`coalesce(lease_until > clock_timestamp(), false)`;

export type RetryAnswer = 'retrying' | 'already_waiting' | 'not_found' | 'event_gone' | 'already_created';

/**
 * Puts a log row's work back in hand; the same row becomes created, skipped or error anew. One that waits for its next try is tried at once.
 * @param force another Issue even though one is known
 */
export async function retryExecution(db: Db, executionId: string, options: { force: boolean }): Promise<RetryAnswer> {
  const { rows: waiting } = await sql<{ due: boolean }>`
    update delivery
       set due_at = case when state = 'ready' and not ${IN_HAND} then clock_timestamp() else due_at end, force = force or ${options.force}
     where id = ${executionId}::bigint
    returning state = 'ready' and not ${IN_HAND} as due`.execute(db);
  if (waiting.length > 0) return waiting[0]?.due ? 'retrying' : 'already_waiting';
  const { rows } = await sql<{ outcome: string; has_event: boolean }>`
    select x.outcome, exists (select 1 from event e where e.event_at = x.event_at and e.id = x.event_id) as has_event
      from execution x where x.id = ${executionId}::bigint`.execute(db);
  const row = rows[0];
  if (!row) return 'not_found';
  if (row.outcome === 'created' && !options.force) return 'already_created';
  if (!row.has_event) return 'event_gone';
  const added = await putBack(db, sql`x.id = ${executionId}::bigint`, options.force);
  return added > 0 ? 'retrying' : 'already_waiting';
}

/** Every error of an integration, since a time or altogether. @returns how many are tried again */
export async function retryErrors(db: Db, integrationId: string, since: Date | null): Promise<number> {
  const from = since?.toISOString() ?? '-infinity';
  const waiting = await sql`
    update delivery set due_at = clock_timestamp()
     where integration_id = ${integrationId} and state = 'ready' and attempts > 0 and due_at > clock_timestamp()
       and received_at >= ${from}::timestamptz`.execute(db);
  const back = await putBack(
    db,
    sql`x.integration_id = ${integrationId} and x.outcome = 'error' and x.received_at >= ${from}::timestamptz`,
    false,
  );
  return Number(waiting.numAffectedRows ?? 0) + back;
}

/** A connection is well again: what was put off while it wasn't is tried now, however long it was to wait. */
export async function bringForward(
  db: Db,
  connection: { readonly table: 'zenqms_connection' | 'salesforce_connection'; readonly id: string },
): Promise<number> {
  // Lane by lane, as work is taken: what is due already is not read.
  const result = await sql`
    with lane as materialized (
      select distinct zenqms_connection_id as zenqms, salesforce_connection_id as salesforce
        from integration where ${sql.ref(`${connection.table}_id`)} = ${connection.id})
    update delivery set due_at = clock_timestamp()
     where id = any(array(
       select late.id from lane cross join lateral (
         select id from delivery
          where state = 'ready' and zenqms_connection_id = lane.zenqms and salesforce_connection_id = lane.salesforce
            and due_at > (select clock_timestamp()) and attempts > 0 and not ${IN_HAND}
            for update skip locked) late))`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

async function putBack(db: Db, which: ReturnType<typeof sql>, force: boolean): Promise<number> {
  const result = await sql`
    insert into delivery (id, integration_id, salesforce_connection_id, zenqms_connection_id, event_id, event_at, received_at, object, record_id,
                          change_type, state, attempts, force, prior, attempt_log)
    select x.id, x.integration_id, i.salesforce_connection_id, i.zenqms_connection_id, x.event_id, x.event_at, x.received_at, x.object, x.record_id,
           x.change_type, case when i.status = 'paused' then 'parked' else 'ready' end, x.attempts, ${force}, x.prior, x.attempt_log
      from execution x join integration i on i.id = x.integration_id
     where ${which} and exists (select 1 from event e where e.event_at = x.event_at and e.id = x.event_id)
    on conflict (id) do nothing`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

/** From a pause's first moment on, nothing of the integration is taken any more; what was due waits. */
export async function park(db: Db, integrationId: string): Promise<void> {
  await sql`
    update delivery set state = 'parked', lease_token = null, lease_until = null
     where integration_id = ${integrationId} and state = 'ready' and not ${IN_HAND}`.execute(db);
}

/** After a resume; whether an event of the pause is worked off or logged as skipped follows from the pause's own record. */
export async function unpark(db: Db, integrationId: string): Promise<number> {
  const result = await sql`
    update delivery set state = 'ready', due_at = greatest(due_at, clock_timestamp()) where integration_id = ${integrationId} and state = 'parked'`.execute(
    db,
  );
  return Number(result.numAffectedRows ?? 0);
}

/** What a bulk load left waiting for approval. */
export async function held(db: Db, integrationId: string): Promise<{ count: number; oldest: Date | null; newest: Date | null }> {
  const { rows } = await sql<{ count: string; oldest: Date | null; newest: Date | null }>`
    select count(*) as count, min(received_at) as oldest, max(received_at) as newest
      from delivery where integration_id = ${integrationId} and state = 'held'`.execute(db);
  const row = rows[0];
  return { count: Number(row?.count ?? 0), oldest: row?.oldest ?? null, newest: row?.newest ?? null };
}

export async function releaseHeld(db: Db, integrationId: string): Promise<number> {
  const result = await sql`
    update delivery set state = 'ready', due_at = clock_timestamp() where integration_id = ${integrationId} and state = 'held'`.execute(
    db,
  );
  return Number(result.numAffectedRows ?? 0);
}

/** A person has mended a connection: what was put off because of it is due now. @returns how many */
export async function hasten(db: Db, connection: { kind: 'salesforce' | 'zenqms'; id: string }): Promise<number> {
  const column = sql.ref(`${connection.kind}_connection_id`);
  const result = await sql`
    update delivery set due_at = clock_timestamp()
     where ${column} = ${connection.id} and state = 'ready' and due_at > (select clock_timestamp())`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

/**
 * Work of an integration that is being deleted ends with it, and the log says so. What is in hand ends by itself: its Issue may be
 * under way, and the log must not say otherwise.
 */
export async function endDeleted(db: Db, integrationId: string): Promise<number> {
  return discard(db, integrationId, sql`not ${IN_HAND}`, 'The integration was deleted before its turn came.');
}

/** What was in hand when its integration was deleted, and came back. @returns how many were ended */
export async function endOrphans(db: Db): Promise<number> {
  // One step of the index for each integration, whatever the size of the backlog.
  const { rows } = await sql<{ id: string }>`
    with recursive own(id) as (
      (select integration_id from delivery order by integration_id limit 1)
      union all
      select (select d.integration_id from delivery d where d.integration_id > own.id order by d.integration_id limit 1)
        from own where own.id is not null)
    select id from own where id is not null and not exists (select 1 from integration i where i.id = own.id)`.execute(db);
  let ended = 0;
  for (const { id } of rows) ended += await endDeleted(db, id);
  return ended;
}

export async function discardHeld(db: Db, integrationId: string, who: string): Promise<number> {
  return discard(db, integrationId, sql`state = 'held'`, `Held as part of a bulk load, and discarded by ${who}.`);
}

async function discard(db: Db, integrationId: string, which: ReturnType<typeof sql>, message: string): Promise<number> {
  const result = await sql`
    with gone as (delete from delivery where integration_id = ${integrationId} and ${which} returning *)
    insert into execution (id, received_at, integration_id, event_id, event_at, object, record_id, change_type, outcome, reason, message, attempts,
                           finished_at, prior, attempt_log)
    select id, received_at, integration_id, event_id, event_at, object, record_id, change_type, 'skipped', 'discarded', ${message}, attempts,
           clock_timestamp(), prior, attempt_log
      from gone
    on conflict (received_at, id) do update
       set outcome = excluded.outcome, reason = excluded.reason, message = excluded.message, finished_at = excluded.finished_at, next_try_at = null`.execute(
    db,
  );
  return Number(result.numAffectedRows ?? 0);
}
