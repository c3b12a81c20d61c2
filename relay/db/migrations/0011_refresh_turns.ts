import { type Kysely, sql } from 'kysely';

/**
 * A refresh token that rotates is good for one use, and Salesforce ends the whole authorisation when it comes twice. Who is about to
 * send it says so first, and until when nobody else may.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table salesforce_connection add column refreshing_by text, add column refreshing_until timestamptz`.execute(db);
}
