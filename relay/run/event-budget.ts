/**
 * The share of an org's daily event deliveries that its stream may use: every delivered event counts, replays too. Near the share the
 * stream is read slowly; at it nobody listens until the oldest hours have passed, and the connection says so. Salesforce keeps the
 * events meanwhile, from the stored position on; before they could age out the stream is read whatever the share.
 */
import { sql } from 'kysely';
import { SALESFORCE_DEFAULTS } from '../connections/salesforce-connections.ts';
import type { Db } from '../db/connect.ts';
import type { OrgLimits } from '../model/catalog.ts';
import type { Problem } from '../model/connection.ts';
import type { Log } from './log.ts';
import { within } from './within.ts';

/** Of one org's stream, in the hands of the relay that has it. */
export interface EventBudget {
  /** Events were delivered, whether or not they could be stored. */
  count(events: number): void;
  /** As far as is known without looking. */
  advice(): EventAdvice;
  /** How long the next poll is to wait. */
  pauseMs(): number;
  /** What people are to know; null while all is well. */
  problem(): Problem | null;
  /** Writes what was counted, asks for the org's figures where they are old, and says on the connection how it stands. Never throws. */
  look(): Promise<EventAdvice>;
  /** Writes what was counted: the next owner goes on from there. */
  close(): Promise<void>;
}

/** `read on`: at the share, but too far behind to wait. */
export type EventAdvice = 'go on' | 'slow down' | 'wait' | 'read on';

export interface EventUsage {
  /** Delivered to this stream in the last 24 hours. */
  readonly used: number;
  /** What may be delivered to all subscribers of the org in 24 hours, and how much of it is left: others use it too. */
  readonly limit: number;
  readonly left: number;
  /** 0 to 1. */
  readonly share: number;
  /** Age of the stream's position. */
  readonly behindMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NEAR = 0.9;
/** Salesforce keeps events for 72 hours. */
const TOO_FAR_BEHIND_MS = 60 * HOUR;
/** A client that does not come back for 40 s is forgotten. */
const PAUSE_MS: Readonly<Record<EventAdvice, number>> = { 'go on': 0, 'slow down': 5_000, wait: 30_000, 'read on': 0 };
/** How old the org's figures may be: far from the share, near it or once a tenth of what was left has come, and where they are not known. */
const ASK_MS = { far: 30 * MINUTE, near: 5 * MINUTE, unknown: MINUTE };
/** The stream does not wait longer for them. */
const ASK_WITHIN_MS = 2_000;
export function adviseOnEvents({ used, limit, left, share, behindMs }: EventUsage): EventAdvice {
  const allowed = limit * share;
  if (used >= allowed || left <= 0) return behindMs >= TOO_FAR_BEHIND_MS ? 'read on' : 'wait';
  return used >= allowed * NEAR || limit - left >= limit * NEAR ? 'slow down' : 'go on';
}

export function eventBudget(options: {
  db: Db;
  connectionId: string;
  limits: (connectionId: string) => Promise<OrgLimits>;
  now: () => Date;
  log: Log;
}): EventBudget {
  const { db, connectionId: id, log } = options;
  let unwritten = 0;
  let written = 0;
  let sinceAsked = 0;
  let share = SALESFORCE_DEFAULTS.eventShare;
  let behindMs = 0;
  let figures: { limit: number; left: number } | null = null;
  let askedAt = -Infinity;
  let said: string | null = null;
  let last: EventAdvice = 'go on';

  const usage = (): EventUsage | null =>
    figures && figures.limit > 0
      ? { used: written + unwritten, limit: figures.limit, left: figures.left - sinceAsked, share, behindMs }
      : null;
  const advice = (): EventAdvice => {
    const known = usage();
    return known ? adviseOnEvents(known) : 'go on';
  };

  const write = async (): Promise<void> => {
    const events = unwritten;
    const { rows } = await sql<{ used: number; share: number | null; behind_ms: number | null }>`
      with noted as (
        insert into delivered_event (connection_id, hour, events)
        select s.id, date_trunc('hour', clock_timestamp()), ${events}::int from salesforce_connection s
         where s.id = ${id} and ${events}::int > 0
        on conflict (connection_id, hour) do update set events = delivered_event.events + excluded.events)
      select ${events}::int + coalesce((select sum(d.events) from delivered_event d
               where d.connection_id = s.id and d.hour > clock_timestamp() - interval '25 hours'), 0)::int as used,
             (s.settings->>'eventShare')::float8 as share,
             (select extract(epoch from clock_timestamp() - coalesce(max(p.event_at), max(p.stored_at)))::float8 * 1000
                from stream_position p where p.connection_id = s.id) as behind_ms
        from salesforce_connection s where s.id = ${id}`.execute(db);
    unwritten -= events;
    const row = rows[0];
    if (!row) return;
    written = row.used;
    share = row.share ?? SALESFORCE_DEFAULTS.eventShare;
    behindMs = row.behind_ms ?? 0;
    await sql`delete from delivered_event where connection_id = ${id} and hour < clock_timestamp() - interval '2 days'`.execute(
      db,
    );
  };

  const ask = async (): Promise<void> => {
    const before = sinceAsked;
    const { eventsDelivered, eventsMax } = await options.limits(id);
    figures = { limit: eventsMax, left: eventsMax - eventsDelivered };
    sinceAsked -= before;
  };
  const askWhereOld = async (): Promise<void> => {
    const near = advice() !== 'go on' || sinceAsked > (figures?.left ?? 0) / 10;
    const now = options.now().getTime();
    if (now - askedAt < ASK_MS[figures === null ? 'unknown' : near ? 'near' : 'far']) return;
    askedAt = now;
    const asked = ask().catch((error: unknown) =>
      log.debug({ err: error, connection: id }, 'the org did not say how many events it may have delivered'),
    );
    await within(ASK_WITHIN_MS, asked);
  };

  const problem = (): Problem | null => {
    const known = usage();
    return known ? problemOf(known) : null;
  };

  // What is wrong besides is worse, and stays.
  const say = async (): Promise<void> => {
    const now = problem();
    const text = now === null ? 'null' : JSON.stringify(now);
    if (text === 'null' && said === 'null') return;
    await sql`
      update salesforce_connection set problem = nullif(${text}::jsonb, 'null'::jsonb)
       where id = ${id} and (problem->>'code' = 'event_budget' or (problem is null and ${now !== null}::boolean))`.execute(db);
    said = text;
  };

  return {
    count: (events) => {
      unwritten += events;
      sinceAsked += events;
    },
    advice,
    pauseMs: () => PAUSE_MS[advice()],
    problem,
    look: async () => {
      try {
        await write();
        await askWhereOld();
        await say();
      } catch (error) {
        log.warn({ err: error, connection: id }, 'the budget of events could not be looked at');
      }
      const now = advice();
      if (now !== last) log.info({ connection: id, ...usage() }, `the budget of events says: ${now}`);
      last = now;
      return now;
    },
    close: async () => {
      try {
        await write();
        figures = null;
        await say();
      } catch (error) {
        log.warn({ err: error, connection: id }, 'what the stream brought last could not be counted');
      }
    },
  };
}

const REMEDY =
  'Raise eventShare of the connection, or the allowance of the org; else the relay goes on by itself as the hours pass.';

function problemOf(usage: EventUsage): Problem | null {
  const { used, limit, left, share, behindMs } = usage;
  const spent =
    used >= limit * share * NEAR
      ? `The relay has had ${used} of the ${Math.floor(limit * share)} event deliveries a day that it may use of this org.`
      : `${Math.max(0, left)} of the org's ${limit} event deliveries a day are left; the relay has had ${used} of them.`;
  const means: Record<EventAdvice, string> = {
    'go on': '',
    'slow down': 'It reads slowly from here on.',
    wait: 'It does not listen for now; Salesforce keeps what happens meanwhile.',
    'read on': `The stream is ${Math.floor(behindMs / HOUR)} hours behind and Salesforce keeps events for 72, so it reads on.`,
  };
  const advice = adviseOnEvents(usage);
  return advice === 'go on' ? null : { code: 'event_budget', message: `${spent} ${means[advice]}`, remedy: REMEDY };
}
