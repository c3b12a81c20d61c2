import { type Kysely, sql } from 'kysely';

/**
 * `delivered_event`: how many events each org's stream has brought, by the hour: what the share of its deliveries is held against.
 * `held_back_at`: when the stream last was behind on purpose, so that nobody takes what it has not brought for lost.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table delivered_event (
      connection_id text not null references salesforce_connection on delete cascade,
      hour timestamptz not null,
      events int not null,
      primary key (connection_id, hour))`.execute(db);
  await sql`alter table stream add column held_back_at timestamptz`.execute(db);
}
