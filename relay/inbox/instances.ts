/** Which relays run, and what each of them listens to, on the database's clock. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';

/** An instance that was not seen for so long of a stream's lease is no longer counted: it is gone before its streams come free. */
const LIVING = 0.75;

/** Says that this relay lives. @returns how many streams each other living relay holds, by owner */
export async function seen(db: Db, owner: string, ttlMs: number): Promise<Map<string, number>> {
  const { rows } = await sql<{ owner: string; held: number; living: boolean }>`
    with seen as (
      insert into relay_instance (owner, seen_at) values (${owner}, clock_timestamp())
      on conflict (owner) do update set seen_at = excluded.seen_at)
    select i.owner, i.seen_at > clock_timestamp() - ${Math.round(ttlMs * LIVING)} * interval '1 millisecond' as living,
           (select count(*)::int from stream s where s.owner = i.owner and s.lease_until > clock_timestamp()) as held
      from relay_instance i where i.owner <> ${owner}`.execute(db);
  const dead = rows.filter((row) => !row.living).map((row) => row.owner);
  if (dead.length > 0) await buryDead(db, dead, ttlMs);
  return new Map(rows.filter((row) => row.living).map((row) => [row.owner, row.held]));
}

/** Those that have not been seen for long; skips what another relay deletes just now: two that delete in different order would wait for each other. */
async function buryDead(db: Db, owners: readonly string[], ttlMs: number): Promise<void> {
  await sql`
    delete from relay_instance where owner in (
      select owner from relay_instance
       where owner = any(${owners}) and seen_at < clock_timestamp() - ${ttlMs} * interval '1 millisecond'
         for update skip locked)`.execute(db);
}

/** It ends: its share is the others' from now on. */
export async function gone(db: Db, owner: string): Promise<void> {
  await sql`delete from relay_instance where owner = ${owner}`.execute(db);
}

export interface WantedOrg {
  readonly connectionId: string;
  readonly objects: readonly string[];
  /** Nobody has its stream. */
  readonly free: boolean;
  /** Some of its integrations wait to be told that they are listened to. */
  readonly starting: boolean;
}

/** Orgs with active integrations and a usable authorisation. */
export async function wantedOrgs(db: Db): Promise<WantedOrg[]> {
  const { rows } = await sql<{ id: string; objects: string[]; free: boolean; starting: boolean }>`
    select s.id, to_jsonb(array_agg(distinct i.object)) as objects, bool_or(i.status = 'starting') as starting,
           not exists (select 1 from stream t where t.connection_id = s.id and t.lease_until >= clock_timestamp()) as free
      from integration i join salesforce_connection s on s.id = i.salesforce_connection_id
     where i.status in ('active', 'starting') and s.status in ('connected', 'unreachable')
     group by s.id order by s.id`.execute(db);
  return rows.map(({ id, ...org }) => ({ connectionId: id, ...org }));
}
