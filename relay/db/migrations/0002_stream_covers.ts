import { type Kysely, sql } from 'kysely';

/** Which objects the stream brings, as its owner found it: an integration whose object is among them is really listened for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table stream add column covers jsonb not null default '[]'`.execute(db);
}
