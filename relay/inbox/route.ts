/** What an event means for each integration of its object: work now, work that waits for a resume, or work that waits for approval. */
import { type Transaction, sql } from 'kysely';
import type { Schema } from '../db/schema.ts';
import type { ChangeEvent } from '../model/event.ts';
import { type PriorPaths, rememberPrior } from './prior.ts';
import type { Route, Routed } from './receive.ts';
import { awake } from './awake.ts';
import type { BulkGuard } from './bulk-guard.ts';

/** Salesforce's clock and ours may differ: an event this much older than an integration's activation still counts as after it. */
const CLOCK_SLACK_MS = 2_000;

interface Target {
  id: string;
  zenqms_connection_id: string;
  object: string;
  status: string;
  activated_at: Date;
  bulk_limit: number | null;
  awake: boolean;
}

export function routeFor(connectionId: string, options: { priorPaths: PriorPaths; bulkGuard: BulkGuard }): Route {
  return async (trx, events) => {
    const targets = await targetsOf(trx, connectionId, events);
    if (targets.length === 0) return [];
    const pairs = events.flatMap((event) =>
      targets.filter((target) => concerns(event, target)).map((target) => ({ event, target })),
    );
    const prior = await rememberPrior(
      trx,
      connectionId,
      pairs.map(({ event, target }) => ({ event, integrationId: target.id })),
      options.priorPaths,
    );
    return pairs.map(({ event, target }): Routed => {
      const held = target.bulk_limit !== null && options.bulkGuard.exceeds(target.id, event, target.bulk_limit);
      return {
        event,
        integrationId: target.id,
        zenqmsConnectionId: target.zenqms_connection_id,
        state: target.status === 'paused' ? 'parked' : held ? 'held' : 'ready',
        awake: target.awake && (target.status === 'active' || target.status === 'starting'),
        prior: prior(event, target.id),
      };
    });
  };
}

async function targetsOf(trx: Transaction<Schema>, connectionId: string, events: readonly ChangeEvent[]): Promise<Target[]> {
  const objects = [...new Set(events.map((event) => event.object.toLowerCase()))];
  const everything = objects.includes('');
  // FOR SHARE: a pause or a change that is being saved is waited for, so that no event falls between two states.
  const { rows } = await sql<Target>`
    select id, zenqms_connection_id, object, status, activated_at, (definition->>'bulkLimit')::int as bulk_limit,
           ${awake('zenqms_connection', 'zenqms_connection_id')} and ${awake('salesforce_connection', 'salesforce_connection_id')} as awake
      from integration
     where salesforce_connection_id = ${connectionId} and (${everything} or lower(object) = any(${objects}))
     order by id
       for share`.execute(trx);
  return rows;
}

function concerns(event: ChangeEvent, target: Target): boolean {
  // A message whose object can't be read concerns everybody: its loss must be named where somebody looks.
  if (event.object !== '' && event.object.toLowerCase() !== target.object.toLowerCase()) return false;
  return Date.parse(event.eventAt) >= target.activated_at.getTime() - CLOCK_SLACK_MS;
}
