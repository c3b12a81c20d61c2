/** Stretches of time of which the stream tells nothing: said in the audit trail of each integration, and looked up by query. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { type CatchUpCause, requestCatchUp, requestForConnection } from '../inbox/catch-ups.ts';
import { writeAudit } from '../log/audit.ts';

/** Clocks differ, and a transaction is committed some time after its records were stamped. */
const OVERLAP_MS = 10 * 60_000;

interface Stretch {
  readonly from: Date;
  readonly to: Date;
}

/** The stream of an org no longer reaches back to what was stored last. */
export async function streamBroke(db: Db, connectionId: string, { from, to }: Stretch): Promise<void> {
  const rows = await db.selectFrom('integration').select('id').where('salesforce_connection_id', '=', connectionId).execute();
  for (const { id } of rows) await say(db, id, { from, to }, 'The last state of each record is looked up by query.');
  await lookUp(db, connectionId, 'position_lost', { from, to });
}

/** No event says from where the stream of an org goes on: what came since it was heard is likely to be retained, and nothing proves it. */
export const mayHaveBroken = (db: Db, connectionId: string, stretch: Stretch): Promise<void> =>
  lookUp(db, connectionId, 'gap', stretch);

async function lookUp(db: Db, connectionId: string, cause: CatchUpCause, { from, to }: Stretch): Promise<void> {
  const since = new Date(from.getTime() - OVERLAP_MS);
  await requestForConnection(db, connectionId, { cause, since, until: to });
}

/**
 * An integration that was made paused is resumed: if nobody listened to its object meanwhile, Salesforce kept nothing to read back.
 * @returns whether a search was asked for
 */
export async function resumedUnheard(
  db: Db,
  integrationId: string,
  pause: { from: 'now' | 'pause'; pausedAt: Date; resumedAt: Date },
): Promise<boolean> {
  const at = pause.pausedAt.toISOString();
  const { rows } = await sql`
    select 1 from integration i
     where i.id = ${integrationId} and i.created_at >= ${at}::timestamptz
       and not exists (select 1 from integration o
                        where o.salesforce_connection_id = i.salesforce_connection_id and lower(o.object) = lower(i.object)
                          and o.id <> i.id and o.created_at <= ${at}::timestamptz)`.execute(db);
  if (rows.length === 0) return false;
  const stretch = { from: pause.pausedAt, to: pause.resumedAt };
  if (pause.from === 'now') {
    await say(db, integrationId, stretch, 'It was resumed without what happened meanwhile, so that nothing is looked up.');
    return false;
  }
  await say(db, integrationId, stretch, 'The last state of each record is looked up by query.');
  await requestCatchUp(db, { integrationId, cause: 'activation', since: pause.pausedAt, until: pause.resumedAt });
  return true;
}

const say = (db: Db, integrationId: string, { from, to }: Stretch, rest: string): Promise<void> =>
  writeAudit(db, {
    actor: 'relay',
    actingUser: null,
    action: 'integration.stream_gap',
    subjectType: 'integration',
    subjectId: integrationId,
    after: { from: from.toISOString(), to: to.toISOString() },
    message: `What happened from ${from.toISOString()} to ${to.toISOString()} the stream does not tell. ${rest}`,
  });
