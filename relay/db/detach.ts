/** Old months leave the event table and the log: as tables of their own, which an operator then archives or drops. */
import { type Transaction, sql } from 'kysely';
import type { Db } from './connect.ts';
import type { Partitioned } from './partitions.ts';
import type { Schema } from './schema.ts';

export interface Detached {
  /** `event_2026_01`, oldest first. */
  readonly detached: readonly string[];
  /** Months that unfinished work still refers to. */
  readonly kept: readonly { readonly partition: string; readonly message: string }[];
}

/** Replays reach back three days and the nightly search thirty; what they meet must be known. */
const NEEDED_DAYS = 40;
/**
 * Detaching locks out everybody for a moment, and whoever comes later waits behind it while it waits for a reader. CONCURRENTLY, which
 * would not, is refused while there is a default partition. So it waits for a moment only, lets all others pass, and tries again.
 */
const LOCK_WAIT_MS = 200;
const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000, 8_000];
const LOCK_NOT_AVAILABLE = '55P03';
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;

/**
 * Detaches every month before `before`.
 * @param before YYYY-MM, UTC
 * @throws where `before` is no month or too late a one, and where somebody has the table open for longer than the tries last
 */
export async function detachMonths(
  db: Db,
  tables: readonly Partitioned[],
  before: string,
  options: { now: Date; pause?: (ms: number) => Promise<void> },
): Promise<Detached> {
  if (!MONTH.test(before)) throw new Error(`${before} is no month; an example: 2026-03`);
  const latest = new Date(options.now.getTime() - NEEDED_DAYS * 24 * 60 * 60_000).toISOString().slice(0, 7);
  if (before > latest)
    throw new Error(`The last ${NEEDED_DAYS} days are still needed, to know what comes again: --before ${latest} is the latest.`);
  const detached: string[] = [];
  const kept: { partition: string; message: string }[] = [];
  for (const table of tables) {
    for (const partition of await monthsBefore(db, table, before)) {
      const waiting = await detachOne(db, table, partition, options.pause ?? sleep).catch((error: unknown) => {
        if (!(error instanceof InUse) || detached.length === 0) throw error;
        throw new Error(`${error.message} Detached before that: ${detached.join(', ')}.`, { cause: error });
      });
      if (waiting === 0) detached.push(partition);
      else kept.push({ partition, message: `Deliveries that wait still refer to it: ${waiting}.` });
    }
  }
  return { detached, kept };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function monthsBefore(db: Db, table: Partitioned, before: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = to_regclass(${table}) and c.relname ~ ${`^${table}_[0-9]{4}_[0-9]{2}$`}
       and c.relname < ${`${table}_${before.replace('-', '_')}`} collate "C"
     order by c.relname`.execute(db);
  return rows.map((row) => row.name);
}

class InUse extends Error {}

/** @returns how many deliveries refer to it; it was detached if none does */
async function detachOne(db: Db, table: Partitioned, partition: string, pause: (ms: number) => Promise<void>): Promise<number> {
  const known = await referring(db, table, partition);
  if (known > 0) return known;
  for (const ms of [...PAUSES_MS, null]) {
    try {
      return await db.transaction().execute((trx) => detachNow(trx, table, partition));
    } catch (error) {
      if (error instanceof StillReferred) return error.count;
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
      if (ms !== null) await pause(ms);
    }
  }
  throw new InUse(
    `${partition} was not detached: ${await holder(db, table, partition)} has ${table} open. Try again when it is done.`,
  );
}

class StillReferred extends Error {
  readonly count: number;
  constructor(count: number) {
    super(`${count} deliveries refer to it`);
    this.count = count;
  }
}

/** A retry reads the event and the log row that it puts back in hand: behind this lock it has either been seen here, or finds neither. */
async function detachNow(trx: Transaction<Schema>, table: Partitioned, partition: string): Promise<number> {
  await sql.raw(`set local lock_timeout = '${LOCK_WAIT_MS}ms'`).execute(trx);
  await sql`alter table ${sql.table(table)} detach partition ${sql.table(partition)}`.execute(trx);
  const count = await referring(trx, table, partition);
  if (count > 0) throw new StillReferred(count);
  return 0;
}

async function referring(db: Db, table: Partitioned, partition: string): Promise<number> {
  const from = `${partition.slice(table.length + 1).replace('_', '-')}-01 00:00+00`;
  const column = sql.ref(table === 'event' ? 'event_at' : 'received_at');
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from delivery
     where ${column} >= ${from}::timestamptz
       and ${column} < (${from}::timestamptz at time zone 'UTC' + interval '1 month') at time zone 'UTC'`.execute(db);
  return rows[0]?.n ?? 0;
}

async function holder(db: Db, table: Partitioned, partition: string): Promise<string> {
  const { rows } = await sql<{ pid: number; name: string | null; since: Date | null }>`
    select a.pid, a.application_name as name, a.xact_start as since
      from pg_locks l join pg_stat_activity a on a.pid = l.pid
     where l.relation in (to_regclass(${table}), to_regclass(${partition}), to_regclass(${`${table}_default`}))
       and l.granted and l.pid <> pg_backend_pid()
     order by a.xact_start limit 1`.execute(db);
  const row = rows[0];
  if (!row) return 'somebody';
  return `process ${row.pid}${row.name ? ` (${row.name})` : ''}${row.since ? `, at it since ${row.since.toISOString()},` : ''}`;
}
