/** Windows in which nothing is fetched or sent: the connection rests until the window's end, and its work waits in the database. */
import { Cron } from 'croner';
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { Blackout } from '../model/connection.ts';
import type { Holds } from './holds.ts';
import type { Log } from './log.ts';

const LOOK_MS = 1_000;

/** @returns when the window that is open now ends; null while none is */
export function openUntil(blackouts: readonly Blackout[], now: Date): Date | null {
  let latest: Date | null = null;
  for (const { start, minutes, timeZone } of blackouts) {
    const length = minutes * 60_000;
    // The first start after (now − length) is the one whose window may hold now.
    const began = new Cron(start, { timezone: timeZone }).nextRun(new Date(now.getTime() - length));
    if (!began || began > now) continue;
    const ends = new Date(began.getTime() + length);
    if (ends > now && (latest === null || ends > latest)) latest = ends;
  }
  return latest;
}

type Table = 'salesforce_connection' | 'zenqms_connection';

export function startBlackouts(options: { db: Db; holds: Readonly<Record<Table, Holds>>; now: () => Date; log: Log }): {
  stop(): Promise<void>;
} {
  const { db, log } = options;
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    for (const table of ['salesforce_connection', 'zenqms_connection'] as const) {
      const { rows } = await sql<{ id: string; blackouts: Blackout[] }>`
        select id, settings->'blackouts' as blackouts from ${sql.table(table)} where jsonb_array_length(coalesce(settings->'blackouts', '[]'::jsonb)) > 0`.execute(
        db,
      );
      for (const { id, blackouts } of rows) {
        const until = openUntil(blackouts, options.now());
        if (until) await options.holds[table].restUntil(id, until);
      }
    }
  };
  const timer = setInterval(() => {
    looking = looking.then(look).catch((error: unknown) => log.warn({ err: error }, 'blackout windows could not be looked at'));
  }, LOOK_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}
