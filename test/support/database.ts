/** A migrated, empty database for each test: PGlite in memory, or a schema of its own on TEST_DATABASE_URL. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { type Database, openPGlite, openPostgres } from '../../relay/db/connect.ts';
import { migrate } from '../../relay/db/migrate.ts';

export const onPostgres = Boolean(process.env['TEST_DATABASE_URL']);

export async function testDatabase(): Promise<Database> {
  const url = process.env['TEST_DATABASE_URL'];
  if (!url) {
    const database = await openPGlite(undefined);
    await migrate(database.db);
    return database;
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

/** Empties every table of ours, keeping the schema. */
export async function emptyTables(database: Database): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select quote_ident(tablename) as name from pg_tables
     where schemaname = current_schema() and tablename not like 'kysely%'`.execute(database.db);
  await sql.raw(`truncate ${rows.map((row) => row.name).join(', ')} restart identity cascade`).execute(database.db);
}
