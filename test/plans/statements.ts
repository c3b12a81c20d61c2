/** What a relay does all day, each by the function that does it, at a size where a bad plan shows. */
import { sql } from 'kysely';
import { makePartitions } from '../../relay/db/partitions.ts';
import { acquire, type ClaimRequest, markPosting } from '../../relay/deliver/claims.ts';
import * as again from '../../relay/inbox/again.ts';
import { bulkGuard } from '../../relay/inbox/bulk-guard.ts';
import { creations } from '../../relay/inbox/creations.ts';
import * as catchUps from '../../relay/inbox/catch-ups.ts';
import * as lease from '../../relay/inbox/lease.ts';
import { storeBaseline } from '../../relay/inbox/prior.ts';
import { receive } from '../../relay/inbox/receive.ts';
import { saveReconciliation, standing } from '../../relay/inbox/reconciliations.ts';
import { routeFor } from '../../relay/inbox/route.ts';
import type { Delivery } from '../../relay/inbox/rows.ts';
import { type Settlement, settle } from '../../relay/inbox/settle.ts';
import { renew, take } from '../../relay/inbox/take.ts';
import * as reports from '../../relay/integrations/reports.ts';
import type { ChangeEvent } from '../../relay/model/event.ts';
import { metrics } from '../../relay/run/metrics.ts';
import { preparer } from '../../relay/run/prepare.ts';
import { askForReconciliations } from '../../relay/run/schedule.ts';
import { changeEvent, recordId } from '../support/rows.ts';
import { ACCOUNT, type Case, DAY, always, LARGE, ORG, SMALL, one } from './case.ts';
import { log } from './log-statements.ts';

const BATCH = 500;
const MINUTE = 60_000;

let taken: readonly Delivery[] = [];

export const cases = (now: Date): Case[] => [
  ...always([...work(now), ...claims(), ...settling(now), ...searching(now)]),
  ...log(now),
  ...byHand(now),
  ...byClock(now),
  ...idle(),
];

const work = (now: Date): Case[] => [
  one('take', 5 * BATCH, async (db) => {
    taken = await take(db, { limit: BATCH, lease: 'mine', leaseMs: MINUTE });
    if (taken.length < BATCH) throw new Error('nothing to take');
  }),
  one('renew', 10 * BATCH, (db) => renew(db, taken, MINUTE)),
  one('end orphans', 3_000, again.endOrphans),
  one('prepare', 3_000, (db) =>
    preparer({
      db,
      salesforce: { describe: async () => null } as never,
      mappingFacts: async () => ({}) as never,
      stillBlocked: async () => false,
      trouble: async (_id, error) => Promise.reject(error as Error),
    }).prepare(taken),
  ),
  ...[false, true].map((poisoned) =>
    one(`receive ${poisoned ? 'what is unreadable' : 'a batch'}`, 10_000, (db) => {
      const events = [...Array(20).keys()].map((n): ChangeEvent => {
        const known = recordId(((900_000 + n * 10) * 7919) % 400_000);
        return changeEvent({ recordId: known, eventAt: now.toISOString(), poison: poisoned ? 'unreadable' : null });
      });
      return receive(
        db,
        {
          connectionId: ORG,
          position: { channel: '/data/ZenQMS__chn', replayId: '2', eventAt: now.toISOString(), leaseToken: '1' },
          events,
        },
        routeFor(ORG, { priorPaths: (id) => (id === LARGE ? ['Status'] : []), bulkGuard: bulkGuard() }),
        (ids) => ({ lease: 'mine', leaseMs: MINUTE, granted: ids.map((_, place) => place % 2 === 0), begin: () => undefined }),
      );
    }),
  ),
  one('store a baseline', 1_000, (db) =>
    storeBaseline(
      db,
      SMALL,
      [...Array(200).keys()].map((n) => ({ recordId: recordId(n), values: { Status: 'New' }, asOf: now })),
    ),
  ),
  ...leases(now),
];

/** All that is ready has been put off: a relay that looks for work must not read it again and again. */
const idle = (): Case[] => [
  {
    ...one('take, while everything waits for its time', 200, (db) => take(db, { limit: BATCH, lease: 'idle', leaseMs: MINUTE })),
    before: async (db) => {
      await sql`update delivery set due_at = now() + interval '1 hour' where state = 'ready'`.execute(db);
      await sql`vacuum delivery`.execute(db);
    },
  },
];

/** Nothing else here reads its stream, which is released in the end. */
const QUIET_ORG = 'sf-3';

const leases = (now: Date): Case[] => [
  one('stream lease', 1_000, async (db) => {
    const mine = { connectionId: QUIET_ORG, token: '1' };
    await lease.acquireStream(db, QUIET_ORG, 'relay-b', MINUTE);
    await lease.renewStreams(db, [mine], MINUTE);
    await lease.noteStream(db, mine, { state: 'streaming', problem: null, lastMessageAt: now });
    await lease.positions(db, QUIET_ORG);
    await lease.noteCovered(db, mine, ['Case']);
    await lease.allCovered(db, QUIET_ORG);
    await lease.markChannel(db, mine, '/data/Other__chn');
    await lease.releaseStream(db, mine);
  }),
];

/** Half of them have an Issue. */
const requests = [...Array(100).keys()].map((n): ClaimRequest => ({
  accountId: 'acc-1',
  recordId: recordId(n % 2 ? 2_000_000 + n : ((n + 5) * 5 * 7919) % 1_000_003),
  scope: 'cat-1',
  categoryId: 'cat-1',
  deliveryId: '1',
}));

const claims = (): Case[] => [
  one('claim', 1_000, (db) => acquire(db, requests, { fence: 'f', leaseMs: MINUTE })),
  ...[false, true].map((accountWide) =>
    one(`mark as posting${accountWide ? ', account-wide' : ''}`, 1_000, (db) =>
      markPosting(
        db,
        requests.map((each) => ({ ...each, fence: 'f', idempotencyKey: 'k' })),
        { leaseMs: MINUTE, accountWide },
      ),
    ),
  ),
];

const settling = (now: Date): Case[] => {
  const attempt = { at: now.toISOString(), step: 'post' } as never;
  const third = (n: number): readonly Delivery[] => taken.filter((_each, index) => index % 3 === n);
  const end = (delivery: Delivery, index: number): Settlement => {
    const request = requests[(index * 2 + 1) % 100] as ClaimRequest;
    const claim = { ...request, fence: 'f', state: 'created', issueId: 'i', issueNumber: 'n' } as const;
    return {
      kind: 'finished',
      delivery,
      claim,
      outcome: 'created',
      reason: 'created',
      message: 'm',
      issueId: 'i',
      issueNumber: 'n',
      steps: [],
      attempt,
    };
  };
  return [
    one('settle what is finished', 10 * BATCH, (db) => settle(db, third(0).map(end))),
    one('settle what is tried again', 10 * BATCH, (db) =>
      settle(
        db,
        third(1).map((delivery) => ({
          kind: 'retried',
          delivery,
          claim: null,
          reason: 'zenqms_unavailable',
          message: 'm',
          nextTryAt: now,
          steps: [],
          attempt,
        })),
      ),
    ),
    one('settle what is returned', 10 * BATCH, (db) =>
      settle(
        db,
        third(2).map((delivery) => ({ kind: 'returned', delivery, claim: null, dueAt: now })),
      ),
    ),
  ];
};

const byHand = (now: Date): Case[] => [
  one('retry a log row', 1_100, (db) => again.retryExecution(db, '600', { force: false })),
  one('retry a log row by force', 1_100, (db) => again.retryExecution(db, '601', { force: true })),
  one('retry what waits', 50, (db) => again.retryExecution(db, '1900001', { force: false })),
  one('retry the errors of a small integration', 1_000, (db) => again.retryErrors(db, SMALL, null)),
  one('retry the errors of a large one since a week ago', 32_000, (db) =>
    again.retryErrors(db, LARGE, new Date(now.getTime() - 7 * DAY)),
  ),
  ...(['zenqms_connection', 'salesforce_connection'] as const).map((table) =>
    one(`what a ${table} that is well again put off`, 32_000, (db) =>
      again.bringForward(db, { table, id: table === 'zenqms_connection' ? ACCOUNT : ORG }),
    ),
  ),
  one('what is held', 1_000, (db) => again.held(db, 'int-15')),
  one('release what is held', 1_000, (db) => again.releaseHeld(db, 'int-15')),
  one('discard what is held', 1_000, (db) => again.discardHeld(db, 'int-25', 'admin')),
  one('unpark', 1_000, (db) => again.unpark(db, 'int-20')),
  one('park', 1_000, (db) => again.park(db, SMALL)),
  one('end what is deleted', 1_000, (db) => again.endDeleted(db, SMALL)),
  one('hasten', 20_000, (db) => again.hasten(db, { kind: 'zenqms', id: 'zq-4' })),
];

const byClock = (now: Date): Case[] => [
  one('partitions ahead', 100, (db) => makePartitions(db, now)),
  one('ask for reconciliations', 20_000, (db) => askForReconciliations(db, now)),
  one('take a search', 5_000, async (db) => {
    const search = await catchUps.takeCatchUp(db, MINUTE);
    if (!search) throw new Error('none to take');
    await catchUps.noteProgress(db, search.id, { cursorAt: now, found: 1, added: 1 }, MINUTE);
    await catchUps.postponeCatchUp(db, search.id, MINUTE, 'm');
    await catchUps.endCatchUp(db, search.id, { state: 'done', message: null });
  }),
  one('ask for a search', 500, (db) =>
    catchUps.requestCatchUp(db, { integrationId: SMALL, cause: 'asked', since: now, until: now }),
  ),
  one('whether there is a baseline', 500, (db) => catchUps.hasBaseline(db, SMALL)),
  one('save a reconciliation', 50, (db) =>
    saveReconciliation(db, {
      integrationId: SMALL,
      day: now.toISOString().slice(0, 10),
      matched: 1,
      issues: 1,
      explained: 0,
      missing: 0,
      details: [],
    }),
  ),
  one('the searches of an integration', 500, async (db) => {
    await catchUps.catchUpsOf(db, SMALL);
    await reports.catchUps(db, SMALL, { limit: 50, after: null });
    await reports.catchUps(db, SMALL, { limit: 50, after: `${(now.getTime() - 3 * DAY) * 1_000}/x` });
    await reports.latestCatchUp(db, SMALL);
    await reports.reconciliations(db, SMALL, { limit: 50, after: null });
  }),
  {
    ...one('metrics', 120_000, (db) => metrics(db, { inHand: () => 0, limits: () => [] }).render()),
    whole: 'the backlog is counted by state, once for each scrape: 40 ms for a hundred thousand',
  },
];

const searching = (now: Date): Case[] => [
  ...[false, true].flatMap((strict) =>
    [LARGE, SMALL].map((id) =>
      // The newest partition is small enough to be read whole, once for each record.
      one(`what the stream did not bring to ${id}${strict ? ' in a gap' : ''}`, 20_000, (db) =>
        catchUps.unknownChanges(db, id, ORG, found(now, strict)),
      ),
    ),
  ),
  one('what the stream told of the creation of records', 2_000, (db) =>
    creations(
      db,
      ORG,
      changes(now).map((each) => each.recordId),
    ),
  ),
  ...[LARGE, SMALL].map((id) =>
    one(`what the log says of records to ${id}`, 2_000, (db) =>
      standing(
        db,
        id,
        changes(now).map((each) => each.recordId),
      ),
    ),
  ),
];

const found = (now: Date, strict: boolean) => changes(now).map((each, n) => ({ ...each, strict, besideCreation: n % 5 === 1 }));

/** As a query of the last four hours, or of a whole month, brings them: 200 to a page, half of them known. */
const changes = (now: Date) =>
  [...Array(200).keys()].map((n) => ({
    recordId: recordId(n % 2 ? 900_000 + n : ((900_000 - n * 10) * 7919) % 400_000),
    changedAt: new Date(now.getTime() - 100 * DAY),
    event: { changeType: n % 3 ? ('UPDATE' as const) : ('CREATE' as const) },
  }));
