import { type Kysely, sql } from 'kysely';

/** How many API calls the relays together have made of each org, by the hour: what the budget is held against. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table api_call (
      connection_id text not null references salesforce_connection on delete cascade,
      hour timestamptz not null,
      calls int not null,
      primary key (connection_id, hour))`.execute(db);
}
