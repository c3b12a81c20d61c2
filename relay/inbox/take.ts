/**
 * Work is taken under a lease on the database's clock, renewed while it is in hand. Who is late finds another token. What a relay that
 * died or froze had in hand is taken by the next that looks once the lease is over.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { type Columns, rowsOf } from '../db/rows-of.ts';
import { awake } from './awake.ts';
import { type Delivery, type TakenRow, toDelivery } from './rows.ts';

/** Of `delivery d`; whoever has it may be dead. */
const NOT_IN_HAND = sql`(d.lease_until is null or d.lease_until < (select clock_timestamp()))`;

/**
 * Takes up to `limit` deliveries that are due. Skips what another relay is taking, what is paused, and what waits with its connection.
 * Each lane (one ZenQMS connection with one Salesforce connection) that has something due, in hand or not, gets the same share, so that
 * the backlog of one neither delays the others nor is read in vain while it rests.
 * @param lease a token nobody else has; @param leaseMs how long the work is this relay's
 * @param without ZenQMS connections that this relay has enough work of in hand
 */
export async function take(
  db: Db,
  options: { limit: number; lease: string; leaseMs: number; without?: readonly string[] },
): Promise<Delivery[]> {
  // The clock is read once, by a subquery: a volatile function is no condition that an index could use, and all that is put off would be
  // read at each look. The lanes are found by one step of the index each, whatever the size of the backlog.
  const { rows } = await sql<TakenRow>`/* prepared: take */
    with recursive lane(zenqms, salesforce) as (
      (select zenqms_connection_id, salesforce_connection_id from delivery where state = 'ready' order by 1, 2 limit 1)
      union all
      select following.* from lane cross join lateral (
        select d.zenqms_connection_id, d.salesforce_connection_id
          from delivery d
         where d.state = 'ready' and (d.zenqms_connection_id, d.salesforce_connection_id) > (lane.zenqms, lane.salesforce)
         order by 1, 2 limit 1) following),
    waiting as materialized (
      select lane.zenqms, lane.salesforce, count(*) over () as lanes
        from lane
       cross join lateral (
         select d.due_at from delivery d
          where d.state = 'ready' and d.zenqms_connection_id = lane.zenqms and d.salesforce_connection_id = lane.salesforce
            and d.due_at <= (select clock_timestamp())
          order by d.due_at limit 1) oldest
       where lane.zenqms <> all(${options.without ?? []}::text[])
         and ${awake('zenqms_connection', 'lane.zenqms')} and ${awake('salesforce_connection', 'lane.salesforce')}
       order by oldest.due_at),
    picked as materialized (
      select of_lane.id, of_lane.abandoned
        from waiting cross join lateral (
          select d.id, d.lease_token is not null as abandoned
            from delivery d
           where d.state = 'ready' and d.zenqms_connection_id = waiting.zenqms and d.salesforce_connection_id = waiting.salesforce
             and d.due_at <= (select clock_timestamp()) and ${NOT_IN_HAND}
             and (select i.status from integration i where i.id = d.integration_id) in ('active', 'starting')
           order by d.due_at, d.id
           limit ceil(${options.limit}::numeric / waiting.lanes)
             for update of d skip locked) of_lane
       limit ${options.limit}),
    taken as (
      update delivery d
         set lease_token = ${options.lease}, lease_until = clock_timestamp() + ${options.leaseMs} * interval '1 millisecond'
       where d.id = any(array(select id from picked))
      returning d.*)
    select t.id, t.integration_id, t.salesforce_connection_id, t.zenqms_connection_id, t.event_at, t.received_at, t.object, t.record_id,
           t.change_type, t.attempts, t.first_failed_at, t.force, t.prior, t.attempt_log, e.event_key, e.source, e.replay_id, e.payload, picked.abandoned
      from taken t
      join picked on picked.id = t.id
     cross join lateral (
       select event_key, source, replay_id, payload from event where event_at = t.event_at and id = t.event_id limit 1) e
     order by t.id`.execute(db);
  return rows.map((row) => toDelivery(row, options.lease));
}

const IN_HAND: Columns<Pick<Delivery, 'id' | 'lease'>> = {
  id: ['bigint', (delivery) => delivery.id],
  lease: ['text', (delivery) => delivery.lease],
};

/** Keeps what is in hand. What has its end written just now, or was taken by another relay meanwhile, is passed over. */
export async function renew(db: Db, inHand: readonly Pick<Delivery, 'id' | 'lease'>[], leaseMs: number): Promise<void> {
  if (inHand.length === 0) return;
  await sql`
    update delivery set lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
     where id = any(array(
       select d.id from ${rowsOf('r', inHand, IN_HAND)} join delivery d on d.id = r.id and d.lease_token = r.lease
          for update of d skip locked))`.execute(db);
}

/**
 * For a database that only one process can have: whatever is leased was leased by one that has ended, so nobody need wait for the
 * leases. A POST that was under way stays in doubt.
 */
export async function takeOver(db: Db): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`update delivery set lease_token = null, lease_until = null where lease_token is not null`.execute(trx);
    await sql`update claim set lease_until = '-infinity' where state in ('open', 'posting')`.execute(trx);
    await sql`update stream set lease_until = '-infinity', state = 'stopped', covers = '[]'`.execute(trx);
    await sql`update catch_up set lease_until = null where state = 'running'`.execute(trx);
    await sql`update salesforce_connection set refreshing_by = null, refreshing_until = null where refreshing_by is not null`.execute(
      trx,
    );
  });
}
