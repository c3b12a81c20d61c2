/**
 * The way in: events, the work they mean, and the stream's position are stored together or not at all. What this relay has room for is
 * stored as in its hands already, so that nobody has to look for it.
 */
import { type Transaction, sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { type Columns, rowsOf } from '../db/rows-of.ts';
import type { Schema } from '../db/schema.ts';
import { storable, storableJson } from '../db/storable.ts';
import type { ChangeEvent } from '../model/event.ts';
import type { Delivery } from './rows.ts';

/** Somebody else owns the stream now: what was read must not be stored, and the stream must be left. */
export class StreamLeaseLost extends Error {
  constructor(connectionId: string) {
    super(`The stream of Salesforce connection ${connectionId} has another owner now.`);
    this.name = 'StreamLeaseLost';
  }
}

/** What one event means for one integration. */
export interface Routed {
  readonly event: ChangeEvent;
  readonly integrationId: string;
  readonly zenqmsConnectionId: string;
  readonly state: 'ready' | 'parked' | 'held';
  /** Its integration is active, and neither of its connections rests: what is ready may be begun. */
  readonly awake: boolean;
  /** Values before the change of the fields that a PRIORVALUE names, as far as they are known. */
  readonly prior: Record<string, unknown> | null;
}

export interface Received {
  readonly connectionId: string;
  /** null for events found by query: no position moves. */
  readonly position: {
    readonly channel: string;
    readonly replayId: string;
    readonly eventAt: string | null;
    readonly leaseToken: string;
  } | null;
  readonly events: readonly ChangeEvent[];
}

/** Decides inside the transaction what each event means; sees the database as the events will find it. */
export type Route = (trx: Transaction<Schema>, events: readonly ChangeEvent[]) => Promise<readonly Routed[]>;

/** Room that is kept for work until it is known what was stored of it. */
export interface Reservation {
  /** A token nobody else has. */
  readonly lease: string;
  readonly leaseMs: number;
  /** Whether there is room, for each that was asked for. */
  readonly granted: readonly boolean[];
  /** Called once, with what was stored under the lease: nothing where it could not be. What else was kept is free again. */
  begin(stored: readonly Delivery[]): void;
}

/** @param zenqmsConnectionIds one for each delivery that could be begun at once */
export type Reserve = (zenqmsConnectionIds: readonly string[]) => Reservation;

export interface Stored {
  /** Deliveries that are new. */
  readonly added: number;
  /** Those of them that are stored under the lease of the reservation. */
  readonly inHand: readonly Delivery[];
}

const NOTHING: Stored = { added: 0, inHand: [] };

/**
 * Stores a batch. An event that is there already is ignored, and its work with it: the unique key decides, so a replay adds nothing.
 * @param reserve asked once at most, for what could be begun at once; what it had room for is begun with the commit
 * @throws StreamLeaseLost before anything is written
 */
export async function receive(db: Db, batch: Received, route: Route, reserve?: Reserve): Promise<Stored> {
  let room: Reservation | undefined;
  let stored = NOTHING;
  try {
    stored = await db.transaction().execute(async (trx) => {
      if (batch.position) await moveFencedPosition(trx, batch.connectionId, batch.position);
      if (batch.events.length === 0) return NOTHING;
      const routed = await route(trx, await unread(trx, batch.connectionId, distinct(batch.events)));
      if (routed.length === 0) return NOTHING;
      const startable = routed.filter((work) => work.state === 'ready' && work.awake);
      if (startable.length > 0) room = reserve?.(startable.map((work) => work.zenqmsConnectionId));
      const granted = new Set(startable.filter((_, place) => room?.granted[place]));
      return storeRouted(trx, batch.connectionId, routed, { granted, lease: room?.lease ?? null, leaseMs: room?.leaseMs ?? 0 });
    });
    return stored;
  } finally {
    room?.begin(stored.inHand);
  }
}

/** Salesforce may repeat an event within one answer. Keys are made storable here, so that every statement sees the same one. */
function distinct(events: readonly ChangeEvent[]): ChangeEvent[] {
  const keyed = events.map((event) => ({ ...event, key: storable(event.key) }));
  return [...new Map(keyed.map((event) => [`${event.eventAt} ${event.key}`, event])).values()];
}

/**
 * Without those messages that could not be read when they came before: they don't say when they happened, so that each reading dates
 * them anew and the unique key would take them for others.
 */
async function unread(
  trx: Transaction<Schema>,
  connectionId: string,
  events: readonly ChangeEvent[],
): Promise<readonly ChangeEvent[]> {
  const poisoned = events.filter((event) => event.poison !== null);
  if (poisoned.length === 0) return events;
  const records = [...new Set(poisoned.map((event) => event.recordId))];
  const { rows } = await sql<{ event_key: string }>`
    select event_key from event
     where connection_id = ${connectionId} and record_id = any(${records}) and event_key = any(${poisoned.map((event) => event.key)})`.execute(
    trx,
  );
  const known = new Set(rows.map((row) => row.event_key));
  return events.filter((event) => event.poison === null || !known.has(event.key));
}

async function moveFencedPosition(
  trx: Transaction<Schema>,
  connectionId: string,
  position: NonNullable<Received['position']>,
): Promise<void> {
  // FOR SHARE keeps a take-over waiting until this commit, so that a token checked here is still the token when the position lands.
  const { rows } = await sql`
    select 1 from stream
     where connection_id = ${connectionId} and lease_token = ${position.leaseToken}::bigint and lease_until > clock_timestamp()
       for share`.execute(trx);
  if (rows.length === 0) throw new StreamLeaseLost(connectionId);
  await sql`
    insert into stream_position (connection_id, channel, replay_id, event_at, stored_at)
    values (${connectionId}, ${position.channel}, ${storable(position.replayId)}, ${position.eventAt}::timestamptz, clock_timestamp())
    on conflict (connection_id, channel) do update
       set replay_id = excluded.replay_id, event_at = coalesce(excluded.event_at, stream_position.event_at), stored_at = excluded.stored_at`.execute(
    trx,
  );
}

async function storeRouted(
  trx: Transaction<Schema>,
  connectionId: string,
  routed: readonly Routed[],
  { granted, lease, leaseMs }: { granted: ReadonlySet<Routed>; lease: string | null; leaseMs: number },
): Promise<Stored> {
  const events = new Map<string, ChangeEvent>();
  for (const { event } of routed) events.set(`${event.eventAt} ${event.key}`, event);
  // Sorted: two writers that meet the same keys in different order would wait for each other.
  const sorted = [...events].sort(byKey).map(([, event]) => event);
  const { rows } = await sql<{ id: string; place: number; received_ms: number }>`/* prepared: receive */
    with new_event as (
      insert into event (event_at, connection_id, event_key, object, record_id, change_type, source, replay_id, payload, received_at)
      select event_at, ${connectionId}, event_key, object, record_id, change_type, source, replay_id, payload, (select clock_timestamp())
        from ${rowsOf('e', sorted, EVENT)}
      on conflict do nothing
      returning id, event_at, event_key, object, record_id, change_type, received_at),
    work as materialized (
      select nextval('execution_id') as id, routed.*
        from (
          select w.place, w.integration_id, w.zenqms_connection_id, e.id as event_id, e.event_at, e.received_at, e.object, e.record_id,
                 e.change_type, w.state, w.prior, w.granted
            from new_event e
            join ${rowsOf('w', routed, workColumns(granted))} on w.event_key = e.event_key and w.event_at = e.event_at
           order by w.place) routed),
    stored as (
      insert into delivery (id, integration_id, salesforce_connection_id, zenqms_connection_id, event_id, event_at, received_at, object, record_id,
                            change_type, state, prior, lease_token, lease_until)
      select id, integration_id, ${connectionId}, zenqms_connection_id, event_id, event_at, received_at, object, record_id,
             change_type, state, prior::jsonb, case when granted then ${lease} end,
             case when granted then clock_timestamp() + ${leaseMs} * interval '1 millisecond' end
        from work)
    select id, place, (extract(epoch from received_at) * 1000)::float8 as received_ms from work`.execute(trx);
  // Of all the same. As a number, because reading a date costs more than all the rest of a row.
  const receivedAt = new Date(rows[0]?.received_ms ?? 0);
  const inHand = rows.flatMap(({ id, place }): Delivery[] => {
    const work = routed[place];
    if (lease === null || !work || !granted.has(work)) return [];
    return [begun(work, { id, lease, salesforceConnectionId: connectionId, receivedAt })];
  });
  return { added: rows.length, inHand };
}

/** What a look for work would find of a delivery that is stored just now. */
const begun = (
  { event, integrationId, zenqmsConnectionId, prior }: Routed,
  stored: Pick<Delivery, 'id' | 'lease' | 'salesforceConnectionId' | 'receivedAt'>,
): Delivery => ({
  ...stored,
  integrationId,
  zenqmsConnectionId,
  event,
  prior,
  attempts: 0,
  firstFailedAt: null,
  force: false,
  attemptLog: [],
  abandoned: false,
});

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

const EVENT: Columns<ChangeEvent> = {
  event_at: ['timestamptz', (event) => event.eventAt],
  event_key: ['text', (event) => event.key],
  object: ['text', (event) => event.object],
  record_id: ['text', (event) => event.recordId],
  change_type: ['text', (event) => event.changeType],
  source: ['text', (event) => event.source],
  replay_id: ['text', (event) => event.replayId],
  payload: ['json', payloadOf],
};

const workColumns = (granted: ReadonlySet<Routed>): Columns<Routed> => ({
  place: ['int', (_work, place) => place],
  event_key: ['text', (work) => work.event.key],
  event_at: ['timestamptz', (work) => work.event.eventAt],
  integration_id: ['text', (work) => work.integrationId],
  zenqms_connection_id: ['text', (work) => work.zenqmsConnectionId],
  state: ['text', (work) => work.state],
  prior: ['json', (work) => (work.prior === null ? null : storableJson(work.prior))],
  granted: ['boolean', (work) => granted.has(work)],
});

/** A NUL or a lone surrogate stays the escape that JSON.stringify made of it, which jsonb would refuse and text does not. */
function payloadOf(event: ChangeEvent): string {
  return JSON.stringify({
    changedFields: event.changedFields,
    values: event.values,
    changeOrigin: event.changeOrigin,
    commitUser: event.commitUser,
    transactionKey: event.transactionKey,
    poison: event.poison,
  });
}
