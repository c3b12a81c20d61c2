/** Opens the database: Postgres where a URL is given, else the embedded PGlite in a directory that it locks. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Dialect, Kysely, PGliteDialect } from 'kysely';
import pg from 'pg';
import { lockDirectory } from './directory-lock.ts';
import { OwnSchemaDialect } from './introspector.ts';
import { PreparingClient } from './prepared.ts';
import type { Schema } from './schema.ts';

export type Db = Kysely<Schema>;

export interface Database {
  readonly db: Db;
  readonly kind: 'postgres' | 'pglite';
  close(): Promise<void>;
}

/**
 * Every statement of the relay reads few rows by an index, of tables that grow from nothing to millions within minutes: faster than
 * their statistics. What the planner chooses for tables that it takes for empty (whole tables sorted and scanned) was measured to
 * make taking work eight times slower at a backlog of 20,000. So it is left no choice but the indexes; plans then don't depend on when
 * somebody last analysed. jit would compile statements that take a millisecond.
 */
const PLANNER = ['enable_seqscan', 'enable_bitmapscan', 'enable_mergejoin', 'jit'];

const DATE = 1082;
/** int8 as text on both drivers, and a date as the text it is. */
const asText = (value: string): string => value;

interface PostgresOptions {
  readonly onError?: (error: Error) => void;
  readonly max?: number;
  readonly schema?: string;
}

/** @param url postgres://… @param onError called for errors of idle connections, which else end the process */
export function openPostgres(url: string, options: PostgresOptions = {}): Database {
  const db = new Kysely<Schema>({ dialect: new OwnSchemaDialect({ pool: postgresPool(url, options) }) });
  return { db, kind: 'postgres', close: () => db.destroy() };
}

/** The connections as the relay has them, settings of the planner included. */
export function postgresPool(url: string, options: PostgresOptions): pg.Pool {
  const types = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === DATE ? asText : pg.types.getTypeParser(oid, format as 'text'),
  };
  const pool = new pg.Pool({
    Client: PreparingClient,
    connectionString: withSettings(url, [
      ...PLANNER.map((name) => `${name}=off`),
      ...(options.schema ? [`search_path=${options.schema}`] : []),
    ]),
    max: options.max ?? 10,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 60_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    application_name: 'zenqms-relay',
    types: types as never,
  });
  pool.on('error', (error) => options.onError?.(error));
  // The pool listens to idle clients only: one that is in a transaction between two statements when its connection breaks would end the
  // process. Its next statement fails anyway.
  pool.on('connect', (client) => client.on('error', (error) => options.onError?.(error)));
  return pool;
}

/** In the URL, whose own options would else replace those beside it. */
function withSettings(url: string, settings: readonly string[]): string {
  const whole = new URL(url);
  const given = whole.searchParams.get('options');
  whole.searchParams.set('options', [...(given === null ? [] : [given]), ...settings.map((each) => `-c ${each}`)].join(' '));
  return whole.href;
}

/**
 * @param dataDir made when missing; undefined: in memory (tests)
 * @throws DirectoryLocked when another process has the directory: two on one directory lose rows silently
 */
export async function openPGlite(dataDir: string | undefined, options: { image?: Blob } = {}): Promise<Database> {
  const { PGlite } = await import('@electric-sql/pglite');
  let release = async (): Promise<void> => undefined;
  if (dataDir !== undefined) {
    await mkdir(dataDir, { recursive: true });
    release = await lockDirectory(dataDir);
  }
  const pglite = new PGlite({
    ...(dataDir === undefined ? {} : { dataDir: join(dataDir, 'db') }),
    ...(options.image ? { loadDataDir: options.image } : {}),
    parsers: { 20: asText, [DATE]: asText },
  });
  await pglite.waitReady;
  await pglite.exec(PLANNER.map((name) => `set ${name} = off;`).join(' '));
  const db = new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) as Dialect });
  return {
    db,
    kind: 'pglite',
    close: async () => {
      await db.destroy();
      if (!pglite.closed) await pglite.close();
      await release();
    },
  };
}
