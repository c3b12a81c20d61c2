import { type Kysely, sql } from 'kysely';

/**
 * `relay_secret`: sealed values of the relay itself. `execution_count`: how many rows of the log each integration has, by outcome,
 * so that a status is answered from a few rows and not by counting a million. Kept by a trigger once for each statement, split
 * over eight slots so that relays do not wait for each other's row; sums over the slots are the counts. Rows that go with an old
 * partition stay counted: the counts are of all time.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  `create table relay_secret (
     name text primary key,
     sealed bytea not null)`,
  `create table execution_count (
     integration_id text not null,
     outcome text not null,
     slot int not null,
     total bigint not null default 0,
     waiting_for_person bigint not null default 0,
     last_event_at timestamptz,
     last_finished_at timestamptz,
     primary key (integration_id, outcome, slot)) with (fillfactor = 50)`,
  `create function count_executions_added() returns trigger language plpgsql as $$
   begin
     insert into execution_count as c (integration_id, outcome, slot, total, waiting_for_person, last_event_at, last_finished_at)
     select integration_id, outcome, pg_backend_pid() % 8, count(*),
            count(*) filter (where outcome = 'error' and next_try_at is null), max(event_at), max(finished_at)
       from added group by integration_id, outcome order by integration_id, outcome
     on conflict (integration_id, outcome, slot) do update
        set total = c.total + excluded.total, waiting_for_person = c.waiting_for_person + excluded.waiting_for_person,
            last_event_at = greatest(c.last_event_at, excluded.last_event_at),
            last_finished_at = greatest(c.last_finished_at, excluded.last_finished_at);
     return null;
   end $$`,
  `create function count_executions_changed() returns trigger language plpgsql as $$
   begin
     insert into execution_count as c (integration_id, outcome, slot, total, waiting_for_person, last_event_at, last_finished_at)
     select integration_id, outcome, pg_backend_pid() % 8, sum(n),
            coalesce(sum(n) filter (where outcome = 'error' and next_try_at is null), 0), max(event_at) filter (where n = 1),
            max(finished_at) filter (where n = 1)
       from (select integration_id, outcome, next_try_at, event_at, finished_at, 1 as n from after_it
             union all
             select integration_id, outcome, next_try_at, event_at, finished_at, -1 from before_it) as both_sides
      group by integration_id, outcome order by integration_id, outcome
     on conflict (integration_id, outcome, slot) do update
        set total = c.total + excluded.total,
            waiting_for_person = c.waiting_for_person + excluded.waiting_for_person,
            last_event_at = greatest(c.last_event_at, excluded.last_event_at),
            last_finished_at = greatest(c.last_finished_at, excluded.last_finished_at);
     return null;
   end $$`,
  `create trigger execution_added after insert on execution
     referencing new table as added for each statement execute function count_executions_added()`,
  `create trigger execution_changed after update on execution
     referencing old table as before_it new table as after_it for each statement execute function count_executions_changed()`,
];
