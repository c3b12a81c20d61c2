/** Monthly partitions of the event table and of the execution log, made ahead. */
import { sql } from 'kysely';
import type { Db } from './connect.ts';

export type Partitioned = 'event' | 'execution';

const TABLES: readonly Partitioned[] = ['event', 'execution'];
const AHEAD = 3;
const LOCK = 7_301_100;

/** `event_2026_03` for every month from now to three months ahead. @returns the names of those that were made */
export async function makePartitions(db: Db, now: Date): Promise<string[]> {
  const made: string[] = [];
  for (const table of TABLES) {
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

async function makeOne(db: Db, table: Partitioned, name: string, from: string, to: string): Promise<boolean> {
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
