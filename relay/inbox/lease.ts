/**
 * Who reads an org's stream: a row with a fencing token, on the database's clock. An advisory lock would fall over faster, but a
 * frozen holder keeps it for ever and its late writes pass; here each take-over raises the token, and every write names it.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { type Columns, rowsOf } from '../db/rows-of.ts';

export interface StreamLease {
  readonly connectionId: string;
  readonly token: string;
}

/** @returns the lease, or null while another relay has it */
export async function acquireStream(db: Db, connectionId: string, owner: string, ttlMs: number): Promise<StreamLease | null> {
  const { rows } = await sql<{ lease_token: string }>`
    insert into stream (connection_id, owner, lease_token, lease_until, state)
    values (${connectionId}, ${owner}, 1, clock_timestamp() + ${ttlMs} * interval '1 millisecond', 'retrying')
    on conflict (connection_id) do update
       set owner = excluded.owner, lease_token = stream.lease_token + 1, lease_until = excluded.lease_until
     where stream.lease_until < clock_timestamp()
    returning lease_token`.execute(db);
  return rows[0] ? { connectionId, token: rows[0].lease_token } : null;
}

const LEASE: Columns<StreamLease> = {
  connection_id: ['text', (lease) => lease.connectionId],
  token: ['bigint', (lease) => lease.token],
};

/** One statement for all that a relay holds. @returns the orgs that are still its own; of the others it must stop reading at once */
export async function renewStreams(db: Db, leases: readonly StreamLease[], ttlMs: number): Promise<Set<string>> {
  if (leases.length === 0) return new Set();
  const { rows } = await sql<{ connection_id: string }>`
    update stream s set lease_until = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
      from ${rowsOf('r', leases, LEASE)}
     where s.connection_id = r.connection_id and s.lease_token = r.token and s.lease_until > clock_timestamp()
    returning s.connection_id`.execute(db);
  return new Set(rows.map((row) => row.connection_id));
}

/** So that another relay need not wait for the end of the lease. */
export async function releaseStream(db: Db, lease: StreamLease): Promise<void> {
  await sql`
    update stream set lease_until = '-infinity', owner = null, state = 'stopped', covers = '[]'
     where connection_id = ${lease.connectionId} and lease_token = ${lease.token}::bigint`.execute(db);
}

/** What the stream is doing, for people; written only by its owner. */
export async function noteStream(
  db: Db,
  lease: StreamLease,
  note: { state: 'streaming' | 'retrying' | 'stopped'; problem: object | null; lastMessageAt: Date | null },
): Promise<void> {
  await sql`
    update stream
       set state = ${note.state}, problem = ${note.problem === null ? null : JSON.stringify(note.problem)}::jsonb,
           last_message_at = coalesce(${note.lastMessageAt?.toISOString() ?? null}::timestamptz, last_message_at)
     where connection_id = ${lease.connectionId} and lease_token = ${lease.token}::bigint`.execute(db);
}

/** The stream is behind on purpose: what a query finds is not what it failed to bring. */
export async function noteHeldBack(db: Db, lease: StreamLease): Promise<void> {
  await sql`
    update stream set held_back_at = clock_timestamp()
     where connection_id = ${lease.connectionId} and lease_token = ${lease.token}::bigint`.execute(db);
}

/** Whether the stream is behind on purpose, or was within the time that it is given to bring the rest. */
export async function isHeldBack(db: Db, connectionId: string, graceMs: number): Promise<boolean> {
  const { rows } = await sql`
    select 1 from stream
     where connection_id = ${connectionId} and held_back_at > clock_timestamp() - ${graceMs} * interval '1 millisecond'`.execute(
    db,
  );
  return rows.length > 0;
}

/** How far a channel was read. */
export interface ChannelPosition {
  /** -1 or -2: nothing that came is stored to go on from, and the channel was heard until `storedAt` without bringing any. */
  readonly replayId: string;
  readonly eventAt: Date | null;
  readonly storedAt: Date;
}

/** Whether no event of the channel says where to go on. */
export const isAnchorless = (position: ChannelPosition): boolean => position.replayId === '-1' || position.replayId === '-2';

/** The last stored position of each channel; a channel that was never read is missing. */
export async function positions(db: Db, connectionId: string): Promise<Map<string, ChannelPosition>> {
  const rows = await db.selectFrom('stream_position').selectAll().where('connection_id', '=', connectionId).execute();
  return new Map(rows.map((row) => [row.channel, { replayId: row.replay_id, eventAt: row.event_at, storedAt: row.stored_at }]));
}

/** The owner found that the stream brings these objects; integrations that waited for it are active from now on. */
export async function noteCovered(db: Db, lease: StreamLease, objects: readonly string[]): Promise<void> {
  const covered = objects.map((object) => object.toLowerCase()).sort();
  await sql`
    with noted as (
      update stream set covers = ${JSON.stringify(covered)}::jsonb
       where connection_id = ${lease.connectionId} and lease_token = ${lease.token}::bigint
      returning connection_id)
    update integration i set status = 'active'
      from noted
     where i.salesforce_connection_id = noted.connection_id and i.status = 'starting' and lower(i.object) = any(${covered}::text[])`.execute(
    db,
  );
}

/** Whether some relay's stream brings the objects of all the org's active integrations now. */
export async function allCovered(db: Db, connectionId: string): Promise<boolean> {
  const { rows } = await sql<{ uncovered: number }>`
    select count(*)::int as uncovered
      from integration i
      left join stream s on s.connection_id = i.salesforce_connection_id and s.state = 'streaming' and s.lease_until > clock_timestamp()
     where i.salesforce_connection_id = ${connectionId} and i.status in ('active', 'starting')
       and not coalesce(s.covers @> jsonb_build_array(lower(i.object)), false)`.execute(db);
  return rows[0]?.uncovered === 0;
}

/** The first time a channel is read: remembers that it was, before anything could come, so that a restart reads from there. */
export async function markChannel(db: Db, lease: StreamLease, channel: string): Promise<void> {
  await sql`
    insert into stream_position (connection_id, channel, replay_id, stored_at)
    select ${lease.connectionId}, ${channel}, '-1', clock_timestamp()
      from stream where connection_id = ${lease.connectionId} and lease_token = ${lease.token}::bigint
    on conflict do nothing`.execute(db);
}

/** From here on the channel is read from the oldest event that is retained; what came before, and is not, is looked up by query. */
export async function forgetPosition(db: Db, lease: StreamLease, channel: string): Promise<void> {
  await sql`
    update stream_position p set replay_id = '-2', event_at = null, stored_at = clock_timestamp()
      from stream s
     where p.connection_id = ${lease.connectionId} and p.channel = ${channel}
       and s.connection_id = p.connection_id and s.lease_token = ${lease.token}::bigint`.execute(db);
}

/** The channels are listened to, and have brought nothing until now. */
export async function noteHeard(db: Db, lease: StreamLease, channels: readonly string[]): Promise<void> {
  await sql`
    update stream_position p set stored_at = clock_timestamp()
      from stream s
     where p.connection_id = ${lease.connectionId} and p.channel = any(${channels}) and p.replay_id in ('-1', '-2')
       and s.connection_id = p.connection_id and s.lease_token = ${lease.token}::bigint`.execute(db);
}
