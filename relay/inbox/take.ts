/** Work is taken under a lease on the database's clock, renewed while it is in hand. Who is late finds its token gone. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { type Delivery, type TakenRow, toDelivery } from './rows.ts';

/**
 * Takes up to `limit` deliveries that are due. Skips what another relay is taking, what is paused, and what waits with its connection.
 * @param lease a token nobody else has; @param leaseMs how long the work is this relay's
 */
export async function take(db: Db, options: { limit: number; lease: string; leaseMs: number }): Promise<Delivery[]> {
  const { rows } = await sql<TakenRow>`
    with picked as materialized (
      select d.id
        from delivery d
       where d.state = 'ready' and d.due_at <= clock_timestamp()
         and exists (select 1 from integration i where i.id = d.integration_id and i.status in ('active', 'starting'))
         and exists (select 1 from zenqms_connection z
                      where z.id = d.zenqms_connection_id and (z.hold_until is null or z.hold_until <= clock_timestamp()))
         and exists (select 1 from salesforce_connection s
                      where s.id = d.salesforce_connection_id and (s.hold_until is null or s.hold_until <= clock_timestamp()))
       order by d.due_at, d.id
       limit ${options.limit}
         for update of d skip locked),
    taken as (
      update delivery d
         set state = 'leased', lease_token = ${options.lease}, lease_until = clock_timestamp() + ${options.leaseMs} * interval '1 millisecond'
        from picked
       where d.id = picked.id
      returning d.*)
    select t.id, t.integration_id, t.salesforce_connection_id, t.zenqms_connection_id, t.event_at, t.received_at, t.object, t.record_id,
           t.change_type, t.attempts, t.first_failed_at, t.force, t.prior, t.attempt_log, e.event_key, e.source, e.replay_id, e.payload
      from taken t
      join event e on e.event_at = t.event_at and e.id = t.event_id
     order by t.id`.execute(db);
  return rows.map((row) => toDelivery(row, options.lease));
}

/** Keeps what is in hand. What was taken back meanwhile stays with whoever has it now. */
export async function renew(db: Db, leases: readonly string[], leaseMs: number): Promise<void> {
  if (leases.length === 0) return;
  await sql`
    update delivery set lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
     where state = 'leased' and lease_token = any(${leases}::text[])`.execute(db);
}

/**
 * Gives back what a relay that died or froze had in hand. Apart from `take`: an "or lease_until < now()" there would defeat its index.
 * @returns how many came back
 */
export async function reap(db: Db): Promise<number> {
  const result = await sql`
    update delivery set state = 'ready', lease_token = null, lease_until = null
     where id in (select id from delivery where state = 'leased' and lease_until < clock_timestamp() order by id limit 5000 for update skip locked)`.execute(
    db,
  );
  return Number(result.numAffectedRows ?? 0);
}

/**
 * For a database that only one process can have: whatever is leased was leased by one that has ended, so nobody need wait for the
 * leases. A POST that was under way stays in doubt.
 */
export async function takeOver(db: Db): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`update delivery set state = 'ready', lease_token = null, lease_until = null where state = 'leased'`.execute(trx);
    await sql`update claim set lease_until = '-infinity' where state in ('open', 'posting')`.execute(trx);
    await sql`update stream set lease_until = '-infinity', state = 'stopped', covers = '[]'`.execute(trx);
    await sql`update catch_up set lease_until = null where state = 'running'`.execute(trx);
  });
}
