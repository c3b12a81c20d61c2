/** Monthly partitions of the event table and of the execution log, made ahead; old ones detach without stopping anybody. */
import { sql } from 'kysely';
import type { Db } from './connect.ts';

const TABLES = [
  { table: 'event', column: 'event_at' },
  { table: 'execution', column: 'received_at' },
] as const;
const AHEAD = 3;
const LOCK = 7_301_100;

/** `event_2026_03` for every month from now to three months ahead. @returns the names of those that were made */
export async function makePartitions(db: Db, now: Date): Promise<string[]> {
  const made: string[] = [];
  for (const { table } of TABLES) {
    for (let month = 0; month <= AHEAD; month++) {
      const from = monthStart(now, month);
      const name = `${table}_${from.slice(0, 7).replace('-', '_')}`;
      if (await makeOne(db, table, name, from, monthStart(now, month + 1))) made.push(name);
    }
  }
  return made;
}

const monthStart = (now: Date, months: number): string =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1)).toISOString().slice(0, 10);

async function makeOne(db: Db, table: 'event' | 'execution', name: string, from: string, to: string): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(trx);
    const { rows } = await sql<{ there: boolean; overlapping: boolean }>`
      select to_regclass(${name}) is not null as there,
             exists (select 1 from ${sql.table(`${table}_default`)} d
                      where d.${sql.ref(table === 'event' ? 'event_at' : 'received_at')} >= ${from}::timestamptz
                        and d.${sql.ref(table === 'event' ? 'event_at' : 'received_at')} < ${to}::timestamptz) as overlapping`.execute(
      trx,
    );
    // Rows that came before their partition was made stay where they are: a partition over them would be refused.
    if (rows[0]?.there || rows[0]?.overlapping) return false;
    await sql
      .raw(`create table ${name} partition of ${table} for values from ('${from} 00:00+00') to ('${to} 00:00+00')`)
      .execute(trx);
    return true;
  });
}

/** Whole months that ended before `before`, oldest first. */
export async function oldPartitions(db: Db, table: 'event' | 'execution', before: Date): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = to_regclass(${table}) and c.relname ~ ${`^${table}_[0-9]{4}_[0-9]{2}$`} order by c.relname`.execute(db);
  return rows
    .map((row) => row.name)
    .filter((name) => {
      const [year = 0, month = 1] = name
        .slice(table.length + 1)
        .split('_')
        .map(Number);
      return Date.UTC(year, month, 1) <= before.getTime();
    });
}

/** Takes a partition out of its table, as a table of its own, without a lock that stops the relay; only on Postgres. */
export async function detachPartition(db: Db, table: 'event' | 'execution', name: string): Promise<void> {
  if (!new RegExp(`^${table}_\\d{4}_\\d{2}$`).test(name)) throw new Error(`${name} is no partition of ${table}`);
  // The default partition's rows keep CONCURRENTLY from being allowed; a short lock time limit keeps the plain form harmless.
  await db.transaction().execute(async (trx) => {
    await sql`set local lock_timeout = '2s'`.execute(trx);
    await sql.raw(`alter table ${table} detach partition ${name}`).execute(trx);
  });
}
