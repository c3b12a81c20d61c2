/**
 * Connections that rest. When the whole other side is the trouble (a token that is refused, a limit, an outage), each record does not
 * fail by itself: the connection waits, on the database's word so that every relay does, and its work waits with it.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { bringForward } from '../inbox/again.ts';
import type { Log } from './log.ts';

interface Why {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly status: string | null;
}

export interface Holds {
  /** Until when the connection rests, or null. */
  until(connectionId: string): Date | null;
  /** @param atLeastMs what the other side asked for; @returns until when it rests now */
  rest(connectionId: string, why: Why, atLeastMs: number | null): Promise<Date>;
  /** By an admin's wish, not by trouble. */
  restUntil(connectionId: string, until: Date): Promise<void>;
  /** A call went well: the connection rests no longer, and what was put off while it was away is tried now. */
  well(connectionId: string): void;
  /** A call failed as calls do when the other side is away. @returns until when it rests, once too many failed in a row */
  shaky(connectionId: string, why: Why): Promise<Date | null>;
  /** Another relay, or an earlier life of this one, has noted a problem: the next call that goes well clears it. */
  troubled(connectionId: string): void;
  /** The connection was changed by a person: try at once. */
  forget(connectionId: string): void;
}

/** Seconds of rest after each failure in a row. */
const REST_SECONDS = [1, 3, 10, 30, 60, 120, 300];
/** Who is away comes back by itself, and is looked for at least once a minute. */
const AWAY_SECONDS = 60;
/** So many failures in a row are the other side's, not a record's. */
const SHAKY = 8;
const LONGEST_MS = 3_600_000;

export function holds(
  table: 'zenqms_connection' | 'salesforce_connection',
  options: { db: Db; log: Log; now: () => Date; jitter: () => number },
): Holds {
  const states = new Map<
    string,
    { until: Date | null; wished: Date | null; rests: number; failures: number; troubled: boolean }
  >();
  const state = (id: string) => {
    const known = states.get(id) ?? { until: null, wished: null, rests: 0, failures: 0, troubled: false };
    states.set(id, known);
    return known;
  };

  const rest = async (connectionId: string, why: Why, atLeastMs: number | null, atMostSeconds = Infinity): Promise<Date> => {
    const known = state(connectionId);
    const now = options.now().getTime();
    if (known.until && known.until.getTime() > now) return known.until;
    const seconds = REST_SECONDS[Math.min(known.rests, REST_SECONDS.length - 1)] ?? 300;
    const scheduled = Math.min(seconds, atMostSeconds) * 1_000;
    const ms = Math.min(LONGEST_MS, Math.max(atLeastMs ?? 0, scheduled) * (1 + options.jitter() * 0.2));
    known.rests += 1;
    known.troubled = true;
    const until = new Date(now + ms);
    known.until = until;
    options.log.warn(
      { connection: connectionId, code: why.code, until: until.toISOString() },
      `connection rests: ${why.message}`,
    );
    const problem = JSON.stringify({ code: why.code, message: why.message, remedy: why.remedy });
    await sql`
      update ${sql.table(table)}
         set hold_until = clock_timestamp() + ${Math.round(ms)} * interval '1 millisecond', status = coalesce(${why.status}, status), problem = ${problem}::jsonb
       where id = ${connectionId}`.execute(options.db);
    return until;
  };

  return {
    until: (connectionId) => {
      const { until } = state(connectionId);
      return until && until.getTime() > options.now().getTime() ? until : null;
    },
    rest,
    restUntil: async (connectionId, until) => {
      const known = state(connectionId);
      if (known.until && known.until >= until) return;
      known.until = until;
      known.wished = until;
      options.log.info(
        { connection: connectionId, until: until.toISOString() },
        'a blackout window has begun: nothing is fetched or sent',
      );
      await sql`
        update ${sql.table(table)} set hold_until = greatest(hold_until, ${until.toISOString()}::timestamptz) where id = ${connectionId}`.execute(
        options.db,
      );
    },
    well: (connectionId) => {
      const known = state(connectionId);
      known.failures = 0;
      known.rests = 0;
      if (!known.troubled) return;
      known.troubled = false;
      // An answer that comes in after a window has begun must not end it.
      const wished = known.wished && known.wished > options.now() ? known.wished.toISOString() : null;
      // Nor does an answer end what only a person can mend, a budget's rest before its time, or the budget of events, which no call shows.
      sql<{ back: boolean; kept: boolean }>`
        with before as (
          select status from ${sql.table(table)} where id = ${connectionId}),
        noted as (
          update ${sql.table(table)} set hold_until = ${wished}::timestamptz, status = 'connected', problem = null
           where id = ${connectionId} and problem is not null and status <> 'reauthorization_required' and problem->>'code' <> 'event_budget'
             and (problem->>'code' <> 'api_budget' or hold_until is null or hold_until <= clock_timestamp())
          returning 1)
        select exists (select 1 from noted, before where before.status <> 'connected') as back,
               exists (select 1 from ${sql.table(table)} where id = ${connectionId} and problem->>'code' = 'api_budget')
               and not exists (select 1 from noted) as kept`
        .execute(options.db)
        .then(async ({ rows }) => {
          if (rows[0]?.kept) known.troubled = true;
          // Not after a limit, which comes and goes: who failed for other reasons keeps its own time.
          if (rows[0]?.back) await bringForward(options.db, { table, id: connectionId });
        })
        .catch((error: unknown) =>
          options.log.warn({ err: error, connection: connectionId }, 'could not note that the connection is well again'),
        );
    },
    shaky: async (connectionId, why) => {
      const known = state(connectionId);
      known.failures += 1;
      return known.failures >= SHAKY ? rest(connectionId, why, null, AWAY_SECONDS) : null;
    },
    troubled: (connectionId) => void (state(connectionId).troubled = true),
    forget: (connectionId) => void states.delete(connectionId),
  };
}
