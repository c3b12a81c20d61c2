/**
 * The way out: what became of deliveries goes to the database in batches, one statement each, never one transaction a record.
 * Every line is fenced by the lease: of a delivery that was given to another relay meanwhile, nothing is written here.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { type Columns, rowsOf } from '../db/rows-of.ts';
import { sameKey } from '../db/same-key.ts';
import { storableJson } from '../db/storable.ts';
import type { Attempt, DecisionStep, Outcome, Reason } from '../model/outcome.ts';
import type { Delivery } from './rows.ts';

/** What the claim of a record becomes, together with the delivery's end. */
export interface ClaimChange {
  readonly accountId: string;
  readonly recordId: string;
  readonly scope: string;
  readonly fence: string;
  readonly state: 'created' | 'foreign' | 'free' | 'posting';
  readonly issueId: string | null;
  readonly issueNumber: string | null;
}

interface Settled {
  readonly delivery: Delivery;
  readonly claim: ClaimChange | null;
}

/** The end of a delivery. An error that ends it waits for a person. */
export interface Finished extends Settled {
  readonly kind: 'finished';
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly message: string;
  readonly issueId: string | null;
  readonly issueNumber: string | null;
  readonly steps: readonly DecisionStep[];
  readonly attempt: Attempt | null;
}

/** Tried in vain, and tried again by itself at `nextTryAt`; the log shows an error until then. */
export interface Retried extends Settled {
  readonly kind: 'retried';
  readonly reason: Reason;
  readonly message: string;
  readonly nextTryAt: Date;
  readonly steps: readonly DecisionStep[];
  readonly attempt: Attempt;
}

/** Not tried: somebody else is at the same record, or the connection waits. */
export interface Returned extends Settled {
  readonly kind: 'returned';
  readonly dueAt: Date;
}

export type Settlement = Finished | Retried | Returned;

export async function settle(db: Db, settlements: readonly Settlement[]): Promise<void> {
  if (settlements.length === 0) return;
  const claims = settlements.flatMap((each) => each.claim ?? []);
  const done = settlements.filter((each) => each.kind !== 'returned');
  const returned = settlements.filter((each) => each.kind === 'returned');
  const statements = [
    ...(claims.length > 0 || done.length > 0 ? [finishStatement(claims, done)] : []),
    ...(returned.length > 0 ? [returnStatement(returned)] : []),
  ];
  if (statements.length === 1) await statements[0]?.execute(db);
  else
    await db.transaction().execute(async (trx) => {
      for (const statement of statements) await statement.execute(trx);
    });
}

const CLAIM: Columns<ClaimChange> = {
  account_id: ['text', (claim) => claim.accountId],
  record_id: ['text', (claim) => claim.recordId],
  scope: ['text', (claim) => claim.scope],
  fence: ['text', (claim) => claim.fence],
  state: ['text', (claim) => claim.state],
  issue_id: ['text', (claim) => claim.issueId],
  issue_number: ['text', (claim) => claim.issueNumber],
};

const DONE: Columns<Finished | Retried> = {
  id: ['bigint', (each) => each.delivery.id],
  lease: ['text', (each) => each.delivery.lease],
  outcome: ['text', (each) => (each.kind === 'finished' ? each.outcome : 'error')],
  reason: ['text', (each) => each.reason],
  message: ['text', (each) => each.message],
  issue_id: ['text', (each) => (each.kind === 'finished' ? each.issueId : null)],
  issue_number: ['text', (each) => (each.kind === 'finished' ? each.issueNumber : null)],
  tried: ['int', (each) => (each.attempt === null ? 0 : 1)],
  next_try_at: ['timestamptz', (each) => (each.kind === 'retried' ? each.nextTryAt.toISOString() : null)],
  steps: ['json', (each) => storableJson(each.steps)],
  attempt: ['json', (each) => storableJson(each.attempt === null ? [] : [each.attempt])],
};

const RETURNED: Columns<Returned> = {
  id: ['bigint', (each) => each.delivery.id],
  lease: ['text', (each) => each.delivery.lease],
  due_at: ['timestamptz', (each) => each.dueAt.toISOString()],
};

const IN_HAND = sameKey(['d.id', 'd.lease_token'], ['done.id', 'done.lease']);

/** What a row of the log takes from the delivery, and from how it ended. */
const ENDED =
  sql.raw(`d.id, d.received_at, d.integration_id, d.event_id, d.event_at, d.object, d.record_id, d.change_type, d.prior,
           done.outcome, done.reason, done.message, done.issue_id, done.issue_number, done.next_try_at, done.steps::jsonb as steps`);

// One statement, so that the log, the ledger and the work in hand can't disagree. The claim moves only under its own fence.
const finishStatement = (claims: readonly ClaimChange[], done: readonly (Finished | Retried)[]) => sql`/* prepared: settle */
  with done as (
    select * from ${rowsOf('r', done, DONE)}),
  claimed as (
    update claim c
       set state = r.state, issue_id = coalesce(r.issue_id, c.issue_id), issue_number = coalesce(r.issue_number, c.issue_number),
           lease_until = '-infinity', updated_at = clock_timestamp()
      from ${rowsOf('r', claims, CLAIM)}
     where ${sameKey(['c.account_id', 'c.record_id', 'c.scope', 'c.fence'], ['r.account_id', 'r.record_id', 'r.scope', 'r.fence'])}),
  gone as (
    delete from delivery d using done
     where ${IN_HAND} and done.next_try_at is null
    returning ${ENDED}, d.attempts + done.tried as attempts, d.attempt_log || done.attempt::jsonb as attempt_log, clock_timestamp() as finished_at),
  again as (
    update delivery d
       set state = 'ready', lease_token = null, lease_until = null, due_at = done.next_try_at, attempts = d.attempts + done.tried,
           first_failed_at = coalesce(d.first_failed_at, clock_timestamp()), attempt_log = d.attempt_log || done.attempt::jsonb
      from done
     where ${IN_HAND} and done.next_try_at is not null
    returning ${ENDED}, d.attempts, d.attempt_log, null::timestamptz as finished_at)
  insert into execution (id, received_at, integration_id, event_id, event_at, object, record_id, change_type, prior, outcome, reason, message, issue_id,
                         issue_number, next_try_at, steps, attempts, attempt_log, finished_at)
  select * from gone union all select * from again
  on conflict (received_at, id) do update
     set outcome = excluded.outcome, reason = excluded.reason, message = excluded.message, issue_id = excluded.issue_id,
         issue_number = excluded.issue_number, attempts = excluded.attempts, finished_at = excluded.finished_at,
         next_try_at = excluded.next_try_at, steps = excluded.steps, attempt_log = excluded.attempt_log`;

const returnStatement = (returned: readonly Returned[]) => sql`
  update delivery d set state = 'ready', lease_token = null, lease_until = null, due_at = r.due_at
    from ${rowsOf('r', returned, RETURNED)}
   where d.id = r.id and d.lease_token = r.lease`;
