/** A migrated, empty database for each test: PGlite in memory, or a schema of its own on TEST_DATABASE_URL. */
import { randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { sql } from 'kysely';
import { inject } from 'vitest';
import { type Database, openPGlite, openPostgres } from '../../relay/db/connect.ts';
import { migrate } from '../../relay/db/migrate.ts';

export const onPostgres = Boolean(process.env['TEST_DATABASE_URL']);

export async function testDatabase(): Promise<Database> {
  const url = process.env['TEST_DATABASE_URL'];
  if (!url) {
    return openPGlite(undefined, { image: await openAsBlob(inject('databaseImage')) });
  }
  const schema = `t_${randomBytes(6).toString('hex')}`;
  const admin = openPostgres(url, { max: 1 });
  await sql.raw(`create schema ${schema}`).execute(admin.db);
  const database = openPostgres(url, { schema });
  await migrate(database.db);
  return {
    ...database,
    close: async () => {
      await database.close();
      await sql.raw(`drop schema ${schema} cascade`).execute(admin.db);
      await admin.close();
    },
  };
}

/** Empties every table of ours, keeping the schema. Deleting few rows is far quicker than truncating many tables. */
export async function emptyTables(database: Database): Promise<void> {
  await sql.raw(`do $$ begin ${TABLES.map((table) => `delete from ${table};`).join(' ')} end $$`).execute(database.db);
}

/** Those that refer to others first. */
const TABLES = [
  'api_call',
  'delivered_event',
  'relay_instance',
  'reconciliation',
  'catch_up',
  'prior_value',
  'execution',
  'execution_count',
  'claim',
  'delivery',
  'event',
  'stream_position',
  'stream',
  'audit',
  'api_token',
  'integration_pause',
  'integration_revision',
  'integration',
  'zenqms_connection',
  'oauth_state',
  'salesforce_connection',
  'relay_secret',
];
