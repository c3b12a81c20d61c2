/** What happens by the clock: partitions made ahead, and the searches that prove that nothing was missed. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { makePartitions } from '../db/partitions.ts';
import { requestCatchUp } from '../inbox/catch-ups.ts';
import type { Log } from './log.ts';

export interface Schedule {
  stop(): Promise<void>;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Every two hours the last four, every night the last thirty days. */
const SHORT = { every: 2 * HOUR, window: 4 * HOUR };
const LONG = { every: DAY, window: 30 * DAY };
/** The stream is given as long to bring what has just happened. */
const SETTLED_MS = 2 * MINUTE;
const TICK_MS = 5 * MINUTE;
const REMEMBERED_MS = 35 * DAY;

export function startSchedule(options: { db: Db; now: () => Date; log: Log; asked: () => void }): Schedule {
  const { db, now, log } = options;
  let running: Promise<void> = Promise.resolve();
  const tick = (): void => {
    running = running
      .then(async () => {
        await makePartitions(db, now());
        if ((await askForReconciliations(db, now())) > 0) options.asked();
        await forgetReconciliations(db, now());
      })
      .catch((error: unknown) => log.warn({ err: error }, 'what is done by the clock could not be done now'));
  };
  tick();
  const timer = setInterval(tick, TICK_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

/** The reports stay; the searches behind them are many (thirteen a day for each integration), and say nothing more. @returns how many */
export async function forgetReconciliations(db: Db, now: Date): Promise<number> {
  const before = new Date(now.getTime() - REMEMBERED_MS).toISOString();
  const result = await sql`
    delete from catch_up where id in (
      select c.id from integration i cross join lateral (
        select id from catch_up
         where integration_id = i.id and created_at < ${before}::timestamptz and cause = 'reconciliation' and finished_at is not null
         order by created_at limit 100) c)`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

/** One of each kind for each active integration, by whichever relay comes first. @returns how many */
export async function askForReconciliations(db: Db, now: Date): Promise<number> {
  const until = new Date(now.getTime() - SETTLED_MS);
  let asked = 0;
  for (const { every, window } of [LONG, SHORT]) {
    // OFFSET 0 keeps it a look at each integration's newest few: joined, all searches that ever were would be read.
    const { rows } = await sql<{ id: string }>`
      select i.id from integration i
       where i.status = 'active' and i.activated_at < ${new Date(until.getTime() - every).toISOString()}::timestamptz
         and not exists (
           select 1 from catch_up c
            where c.integration_id = i.id and c.cause = 'reconciliation' and c.created_at > ${new Date(now.getTime() - every).toISOString()}::timestamptz
              and c.until - c.since >= ${window / 1_000 - 60} * interval '1 second'
           offset 0)`.execute(db);
    for (const { id } of rows) {
      await requestCatchUp(db, { integrationId: id, cause: 'reconciliation', since: new Date(until.getTime() - window), until });
      asked += 1;
    }
  }
  return asked;
}
