import { type Kysely, sql } from 'kysely';

/** The relays that run, as each says at every look: what the orgs' streams are shared out by. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create table relay_instance (owner text primary key, seen_at timestamptz not null)`.execute(db);
}
