/** Rows of the inbox as the rest of the relay sees them. */
import type { ChangeEvent, ChangeType, FieldValues } from '../model/event.ts';
import type { Attempt } from '../model/outcome.ts';

/** One event × integration in hand, with the lease under which this relay may finish it. */
export interface Delivery {
  readonly id: string;
  readonly lease: string;
  readonly integrationId: string;
  readonly salesforceConnectionId: string;
  readonly zenqmsConnectionId: string;
  readonly event: ChangeEvent;
  readonly receivedAt: Date;
  readonly attempts: number;
  readonly firstFailedAt: Date | null;
  /** A person asked for another Issue although the ledger knows one. */
  readonly force: boolean;
  readonly prior: Record<string, unknown> | null;
  readonly attemptLog: readonly Attempt[];
  /** Another relay had it in hand and did not bring it to its end. */
  readonly abandoned: boolean;
}

export interface TakenRow {
  id: string;
  integration_id: string;
  salesforce_connection_id: string;
  zenqms_connection_id: string;
  event_at: Date;
  received_at: Date;
  object: string;
  record_id: string;
  change_type: string;
  attempts: number;
  first_failed_at: Date | null;
  force: boolean;
  prior: Record<string, unknown> | null;
  attempt_log: Attempt[];
  event_key: string;
  source: string;
  replay_id: string | null;
  payload: string;
  abandoned: boolean;
}

interface Payload {
  changedFields: string[] | null;
  values: FieldValues;
  changeOrigin: string | null;
  commitUser: string | null;
  transactionKey: string | null;
  poison: string | null;
}

export function toDelivery(row: TakenRow, lease: string): Delivery {
  const payload = JSON.parse(row.payload) as Payload;
  return {
    id: row.id,
    lease,
    integrationId: row.integration_id,
    salesforceConnectionId: row.salesforce_connection_id,
    zenqmsConnectionId: row.zenqms_connection_id,
    event: {
      key: row.event_key,
      object: row.object,
      recordId: row.record_id,
      changeType: row.change_type as ChangeType,
      eventAt: row.event_at.toISOString(),
      source: row.source as ChangeEvent['source'],
      replayId: row.replay_id,
      ...payload,
    },
    receivedAt: row.received_at,
    attempts: row.attempts,
    firstFailedAt: row.first_failed_at,
    force: row.force,
    prior: row.prior,
    attemptLog: row.attempt_log,
    abandoned: row.abandoned,
  };
}
