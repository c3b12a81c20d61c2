/** A call to Salesforce failed: what it means for the connection, and how its deliveries end. */
import type { Db } from '../db/connect.ts';
import { noteSalesforceStatus } from '../connections/salesforce-connections.ts';
import { nextTry } from '../deliver/backoff.ts';
import type { Delivery } from '../inbox/rows.ts';
import type { Settlement } from '../inbox/settle.ts';
import { ZenqmsError } from '../model/catalog.ts';
import type { Reason } from '../model/outcome.ts';
import { SalesforceError } from '../model/salesforce.ts';
import { finish, retryAt } from './endings.ts';
import type { Holds } from './holds.ts';

export interface TroubleOptions {
  readonly db: Db;
  readonly holds: Holds;
  /** The connection needs a person: its stream must be left. */
  readonly lost: (connectionId: string) => void;
  readonly now: () => Date;
  readonly jitter: () => number;
}

const REAUTHORIZE = 'Open the connection and authorise it again; the stream goes on where it stopped.';
const WAITS = 'Nothing to do if it passes by itself; else see the status of Salesforce, and whether the relay can reach it.';
const LIMIT = 'See Setup → Company Information → API Requests; the relay goes on when the org allows it again.';

/** Notes it on the connection. @returns until when the connection rests, where it does */
export async function noteTrouble(connectionId: string, error: unknown, options: TroubleOptions): Promise<Date | null> {
  if (!(error instanceof SalesforceError)) return null;
  const why = { code: error.code, message: error.message };
  switch (error.kind) {
    case 'reauthorize':
      await noteSalesforceStatus(options.db, connectionId, 'reauthorization_required', { ...why, remedy: REAUTHORIZE });
      options.lost(connectionId);
      return options.holds.rest(connectionId, { ...why, remedy: REAUTHORIZE, status: 'reauthorization_required' }, null);
    case 'limit':
      return options.holds.rest(connectionId, { ...why, remedy: LIMIT, status: null }, error.retryAfterMs ?? 60_000);
    case 'retry':
      return options.holds.shaky(connectionId, { ...why, remedy: WAITS, status: 'unreachable' });
    case 'refused':
      return null;
    default:
      return error.kind satisfies never;
  }
}

const REASONS: Record<SalesforceError['kind'], Reason> = {
  reauthorize: 'salesforce_unauthorized',
  limit: 'salesforce_unavailable',
  retry: 'salesforce_unavailable',
  refused: 'configuration_broken',
};

/** For each delivery that needed the call. */
export async function troubleEnd(
  connectionId: string,
  error: unknown,
  options: TroubleOptions,
): Promise<(delivery: Delivery) => Settlement> {
  const until = await noteTrouble(connectionId, error, options);
  const known = error instanceof SalesforceError || error instanceof ZenqmsError;
  const message = known
    ? error.message
    : `Something went wrong in the relay: ${error instanceof Error ? error.message : String(error)}`;
  const code = known ? error.code : 'internal';
  const reason: Reason =
    error instanceof SalesforceError
      ? REASONS[error.kind]
      : error instanceof ZenqmsError
        ? 'zenqms_unavailable'
        : 'internal_error';
  if (reason === 'configuration_broken') return (delivery) => finish(delivery, 'error', reason, message);
  return (delivery) => {
    const at = options.now();
    const { firstFailedAt } = delivery;
    const due = until ?? nextTry(delivery.attempts + 1, { now: at, firstFailedAt, jitter: options.jitter() });
    if (due === null)
      return finish(delivery, 'error', reason, `${message} It was tried for three days; retry it when the cause is mended.`);
    return retryAt(delivery, {
      reason,
      message: `${message} It will be tried again by itself.`,
      nextTryAt: due,
      step: 'fetch',
      code,
      at,
    });
  };
}
