import { type Kysely, sql } from 'kysely';

/**
 * What is in hand stays `ready`, with a lease: no index has to be written when work is taken, only the row itself. There is no index on
 * leases either: who takes work passes over the few rows that are in hand, and finds those whose lease is over by the way.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index delivery_leased`.execute(db);
  await sql`update delivery set state = 'ready' where state = 'leased'`.execute(db);
}
