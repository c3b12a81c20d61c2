/**
 * The share of an org's daily API calls that the relays may use together. Near it they slow down: they rest for half of the time, so
 * that more records share a call. At it they wait until the oldest hours have passed, and the connection says so; the work waits too.
 */
import { sql } from 'kysely';
import { SALESFORCE_DEFAULTS } from '../connections/salesforce-connections.ts';
import type { Db } from '../db/connect.ts';
import type { Holds } from './holds.ts';
import type { Log } from './log.ts';

export interface Budget {
  /** A call was made; `limit` as Salesforce last told, for 24 hours. */
  count(connectionId: string, limit: number | null): void;
  /** Writes what was counted, and lets connections rest that are near their share. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

const LOOK_MS = 30_000;
const NEAR = 0.9;
const WAIT_MS = 10 * 60_000;

export interface Usage {
  readonly used: number;
  readonly limit: number;
  /** 0 to 1. */
  readonly share: number;
}

export type Advice = 'go on' | 'slow down' | 'wait';

export function advise({ used, limit, share }: Usage): Advice {
  const allowed = limit * share;
  if (used >= allowed) return 'wait';
  return used >= allowed * NEAR ? 'slow down' : 'go on';
}

export function startBudget(options: { db: Db; holds: Holds; now: () => Date; log: Log }): Budget {
  const { db, holds, log } = options;
  const counted = new Map<string, { calls: number; limit: number | null }>();

  const note = (id: string, calls: number, limit: number | null): void => {
    const known = counted.get(id);
    counted.set(id, { calls: (known?.calls ?? 0) + calls, limit: limit ?? known?.limit ?? null });
  };

  const look = async (): Promise<void> => {
    for (const [id, { calls, limit }] of [...counted]) {
      counted.delete(id);
      const written = sql<{ used: number; share: number | null }>`
        with noted as (
          insert into api_call (connection_id, hour, calls)
          select s.id, date_trunc('hour', clock_timestamp()), ${calls} from salesforce_connection s where s.id = ${id}
          on conflict (connection_id, hour) do update set calls = api_call.calls + excluded.calls)
        select ${calls} + coalesce((select sum(c.calls) from api_call c
                 where c.connection_id = ${id} and c.hour > clock_timestamp() - interval '24 hours'), 0)::int as used,
               (select (s.settings->>'apiShare')::float8 from salesforce_connection s where s.id = ${id}) as share`.execute(db);
      const { rows } = await written.catch((error: unknown) => {
        note(id, calls, limit);
        throw error;
      });
      const row = rows[0];
      if (!row || limit === null) continue;
      const usage = { used: row.used, limit, share: row.share ?? SALESFORCE_DEFAULTS.apiShare };
      const advice = advise(usage);
      if (advice === 'go on') continue;
      const message = `The relay has made ${usage.used} of the ${Math.floor(usage.limit * usage.share)} API calls a day that it may make of this org.`;
      const remedy =
        'Raise apiShare of the connection, or the allowance of the org; else the relay goes on by itself as the hours pass.';
      const ms = advice === 'wait' ? WAIT_MS : LOOK_MS / 2;
      await holds.rest(id, { code: 'api_budget', message, remedy, status: null }, ms);
    }
    await sql`delete from api_call where hour < clock_timestamp() - interval '2 days'`.execute(db);
  };

  let looking: Promise<void> = Promise.resolve();
  const guarded = (): Promise<void> => {
    looking = looking.then(look).catch((error: unknown) => log.warn({ err: error }, 'the API budget could not be looked at'));
    return looking;
  };
  const timer = setInterval(() => void guarded(), LOOK_MS);
  return {
    count: (id, limit) => note(id, 1, limit),
    look: guarded,
    stop: async () => {
      clearInterval(timer);
      await guarded();
    },
  };
}
