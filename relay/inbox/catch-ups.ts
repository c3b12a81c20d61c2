/** Searches by query that were asked for, by a person, by a gap in the stream or by the schedule; worked off by one relay each. */
import { randomUUID } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { type Columns, rowsOf } from '../db/rows-of.ts';
import type { ChangeType } from '../model/event.ts';

/** `baseline`: reads what a PRIORVALUE needs of the records that are there, and adds no event. */
export type CatchUpCause = 'asked' | 'activation' | 'position_lost' | 'gap' | 'reconciliation' | 'baseline';

export interface CatchUp {
  readonly id: string;
  readonly integrationId: string;
  readonly cause: CatchUpCause;
  readonly since: Date;
  readonly until: Date;
  /** How far it got: what lies before is done. */
  readonly cursorAt: Date | null;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  /** Records that Salesforce names, and those of them that the stream had not brought. */
  readonly found: number;
  readonly added: number;
  readonly message: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

interface Row {
  id: string;
  integration_id: string;
  cause: CatchUpCause;
  since: Date;
  until: Date;
  cursor_at: Date | null;
  state: CatchUp['state'];
  found: number;
  added: number;
  message: string | null;
  created_at: Date;
  finished_at: Date | null;
}

const toCatchUp = (row: Row): CatchUp => ({
  id: row.id,
  integrationId: row.integration_id,
  cause: row.cause,
  since: row.since,
  until: row.until,
  cursorAt: row.cursor_at,
  state: row.state,
  found: row.found,
  added: row.added,
  message: row.message,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});

/** Asks for one; a waiting one of the same integration and cause is widened instead, and goes back for it. @returns its id */
export async function requestCatchUp(
  db: Db,
  request: { integrationId: string; cause: CatchUpCause; since: Date; until: Date },
): Promise<string> {
  const { rows: widened } = await sql<{ id: string }>`
    update catch_up
       set since = least(since, ${request.since.toISOString()}::timestamptz), until = greatest(until, ${request.until.toISOString()}::timestamptz),
           cursor_at = case when cursor_at is not null then least(cursor_at, ${request.since.toISOString()}::timestamptz) end
     where id = (select id from catch_up
                  where integration_id = ${request.integrationId} and cause = ${request.cause} and state = 'waiting'
                  order by created_at limit 1 for update)
    returning id`.execute(db);
  if (widened[0]) return widened[0].id;
  const id = randomUUID();
  await db
    .insertInto('catch_up')
    .values({ id, integration_id: request.integrationId, cause: request.cause, since: request.since, until: request.until })
    .execute();
  return id;
}

/** For every integration of a connection; where one is paused, the search waits for its resumption. */
export async function requestForConnection(
  db: Db,
  connectionId: string,
  request: { cause: CatchUpCause; since: Date; until: Date },
): Promise<number> {
  const rows = await db.selectFrom('integration').select('id').where('salesforce_connection_id', '=', connectionId).execute();
  for (const { id } of rows) await requestCatchUp(db, { integrationId: id, ...request });
  return rows.length;
}

/** Takes one that waits, or one whose relay has gone. */
export async function takeCatchUp(db: Db, leaseMs: number): Promise<CatchUp | null> {
  const { rows } = await sql<Row>`
    update catch_up set state = 'running', lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
     where id = (select c.id from catch_up c
                   join integration i on i.id = c.integration_id and i.status in ('active', 'starting')
                   join salesforce_connection s on s.id = i.salesforce_connection_id and s.status in ('connected', 'unreachable')
                        and (s.hold_until is null or s.hold_until <= clock_timestamp())
                  where c.state in ('waiting', 'running') and (c.lease_until is null or c.lease_until < clock_timestamp())
                  order by (c.cause = 'reconciliation'), c.created_at
                  limit 1 for update of c skip locked)
    returning *`.execute(db);
  return rows[0] ? toCatchUp(rows[0]) : null;
}

export async function noteProgress(
  db: Db,
  id: string,
  progress: { cursorAt: Date; found: number; added: number },
  leaseMs: number,
): Promise<void> {
  await sql`
    update catch_up
       set cursor_at = ${progress.cursorAt.toISOString()}::timestamptz, found = found + ${progress.found}, added = added + ${progress.added},
           lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
     where id = ${id}`.execute(db);
}

export async function endCatchUp(db: Db, id: string, end: { state: 'done' | 'failed'; message: string | null }): Promise<void> {
  await sql`
    update catch_up set state = ${end.state}, message = ${end.message}, finished_at = clock_timestamp(), lease_until = null where id = ${id}`.execute(
    db,
  );
}

/** To be tried again later. */
export async function postponeCatchUp(db: Db, id: string, ms: number, message: string): Promise<void> {
  await sql`
    update catch_up set state = 'waiting', message = ${message}, lease_until = clock_timestamp() + ${ms} * interval '1 millisecond'
     where id = ${id}`.execute(db);
}

/** Newest first. */
export async function catchUpsOf(db: Db, integrationId: string, limit = 20): Promise<CatchUp[]> {
  const { rows } = await sql<Row>`
    select * from catch_up where integration_id = ${integrationId} order by created_at desc, id limit ${limit}`.execute(db);
  return rows.map(toCatchUp);
}

/** What a query tells of a record: Salesforce says when it was created and changed last, in whole seconds. */
export interface FoundChange {
  readonly recordId: string;
  readonly changedAt: Date;
  readonly event: { readonly changeType: ChangeType };
  /** After a known gap: an event of the same second may have been another one's, and only a later second counts. */
  readonly strict: boolean;
  /** An update within a second of the creation, which may be nothing but the creation itself. */
  readonly besideCreation: boolean;
}

/**
 * Which of the changes found by query have no row of their own yet: neither in the log nor in hand. A creation is known by its own
 * event and by no later one: what only starts on creation would else be lost where an update came after it. Salesforce says when a
 * record was changed in whole seconds and the event says when that was committed, so for an update an event counts if it came in that
 * second or later. Two updates in one second can't be told apart so: where one of them may have been lost, the price is a second row
 * for what the stream brought after all. An update beside the creation is one only if the stream brought the creation, with the
 * record as it was then; where the query found that too, one row for both sees the record as it is.
 */
export async function unknownChanges<T extends FoundChange>(
  db: Db,
  integrationId: string,
  connectionId: string,
  changes: readonly T[],
): Promise<T[]> {
  if (changes.length === 0) return [];
  const second = (change: T): number =>
    Math.floor(change.changedAt.getTime() / 1_000) + (change.strict && change.event.changeType !== 'CREATE' ? 1 : 0);
  const columns: Columns<T> = {
    place: ['int', (_change, place) => place],
    r: ['text', (change) => change.recordId],
    at: ['timestamptz', (change) => new Date(second(change) * 1_000).toISOString()],
    created: ['boolean', (change) => change.event.changeType === 'CREATE'],
    beside: ['boolean', (change) => change.besideCreation],
  };
  // A look for each record by the record's own index, whatever the statistics say: OFFSET 0 keeps the looks from being joined, and
  // `|| ''` keeps the index of the integration, which may have most of the log, out of it.
  const known = (which: RawBuilder<unknown>): RawBuilder<unknown> => sql`exists (
       select 1 from event e
        where e.connection_id = ${connectionId} and e.record_id = x.r and ${which}
          and (exists (select 1 from delivery d where d.record_id = x.r and d.integration_id || '' = ${integrationId} and d.event_id = e.id offset 0)
            or exists (select 1 from execution l where l.record_id = x.r and l.integration_id || '' = ${integrationId} and l.event_id = e.id offset 0))
       offset 0)`;
  const { rows } = await sql<{ place: number }>`
    select x.place
      from ${rowsOf('x', changes, columns)}
     where not ${known(sql`e.event_at >= x.at and (not x.created or e.change_type in ('CREATE', 'GAP_CREATE'))`)}
       and (not x.beside or ${known(sql`e.source = 'stream' and e.change_type in ('CREATE', 'GAP_CREATE')`)})
     order by x.place`.execute(db);
  return rows.flatMap((row) => changes[row.place] ?? []);
}

/** Whether the integration's baseline was asked for since it was last saved. */
export async function hasBaseline(db: Db, integrationId: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from catch_up c join integration i on i.id = c.integration_id
     where i.id = ${integrationId} and c.cause = 'baseline' and c.state <> 'failed'
       and c.created_at >= (select max(r.at) from integration_revision r where r.integration_id = i.id)`.execute(db);
  return rows.length > 0;
}
