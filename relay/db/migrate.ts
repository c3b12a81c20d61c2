/** Brings the schema up to date, one relay at a time. */
import { promises as fs } from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { FileMigrationProvider, Migrator } from 'kysely/migration';
import type { Db } from './connect.ts';

/** @returns the names of what was applied @throws the first migration's error: Kysely's own call never throws */
export async function migrate(db: Db): Promise<string[]> {
  // Kysely would take another schema's migration table for its own, and make none here.
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(db);
  const migrator = new Migrator({
    db,
    migrationTableSchema: rows[0]?.schema ?? 'public',
    provider: new FileMigrationProvider({ fs, path, migrationFolder: fileURLToPath(new URL('migrations', import.meta.url)) }),
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error) throw error;
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName);
}
