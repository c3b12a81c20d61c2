/**
 * One event's whole journey, for a batch of deliveries at once:
 *
 *   prepare ─▶ fetch the records ─▶ decide ─▶ map ─▶ claim, look up, post ─▶ settle
 *
 * Every delivery that comes in is settled: finished, retried at a later time, or given back.
 */
import { ACCOUNT_WIDE } from './deliver/claims.ts';
import { deliverAll } from './deliver/deliver.ts';
import type { ToDeliver } from './deliver/outcomes.ts';
import { decide, preDecide } from './decide/index.ts';
import type { Delivery } from './inbox/rows.ts';
import type { Settlement } from './inbox/settle.ts';
import { mapIssue } from './map/map.ts';
import type { Reason } from './model/outcome.ts';
import type { FetchedRecord, RecordResult } from './model/salesforce.ts';
import { finish, finishDecision } from './run/endings.ts';
import type { Fetch } from './run/fetch.ts';
import type { Prepare, Prepared } from './run/prepare.ts';
import type { DeliverTo } from './run/deliver-to.ts';

export interface PipelineParts {
  readonly prepare: Prepare;
  readonly fetch: Fetch;
  readonly deliverTo: DeliverTo;
  readonly settle: (settlement: Settlement) => Promise<void>;
  /** Too much changed for events, or one says only that something did: the records are found by query. */
  readonly searchInstead: (delivery: Delivery, prepared: Prepared) => Promise<void>;
  readonly now: () => Date;
}

interface Ready {
  readonly delivery: Delivery;
  readonly prepared: Prepared;
}

export async function journey(batch: readonly Delivery[], parts: PipelineParts): Promise<void> {
  const { toDeliver, ends } = await decideAll(batch, parts);
  await Promise.all([...ends, parts.deliverTo(toDeliver, deliverAll)]);
}

/** A function of its own, so that nothing holds the records as fetched while their Issues are on their way. */
async function decideAll(
  batch: readonly Delivery[],
  parts: PipelineParts,
): Promise<{ readonly toDeliver: readonly ToDeliver[]; readonly ends: readonly Promise<void>[] }> {
  const ready = await beforeFetching(batch, parts);
  const fetched = await parts.fetch(ready);
  const toDeliver: ToDeliver[] = [];
  const ends: Promise<void>[] = [];
  for (const each of ready) {
    const result = fetched.get(each.delivery.id);
    if (!result) continue; // The fetch failed, and has settled it with its reason.
    const next = safely(each.delivery, () => decideAndMap(each, result, parts.now()));
    if (next.kind === 'deliver') toDeliver.push(next.item);
    else ends.push(parts.settle(next.end));
  }
  return { toDeliver, ends };
}

/** What needs no record ends here: poison, pauses, broken configurations, triggers that don't match. */
async function beforeFetching(batch: readonly Delivery[], parts: PipelineParts): Promise<Ready[]> {
  const prepared = await parts.prepare(batch);
  const ready: Ready[] = [];
  const ends: Promise<void>[] = [];
  for (const delivery of batch) {
    const known = prepared.get(delivery.integrationId);
    if (!known) {
      ends.push(parts.settle(finish(delivery, 'skipped', 'discarded', 'The integration was deleted before its turn came.')));
      continue;
    }
    if (known.kind === 'later') {
      ends.push(parts.settle(known.end(delivery)));
      continue;
    }
    const { event } = delivery;
    if (event.poison !== null) {
      ends.push(parts.settle(finish(delivery, 'error', 'poisoned_event', event.poison)));
    } else if (event.object !== '' && event.object.toLowerCase() !== known.integration.object.toLowerCase()) {
      const message = `The integration was changed to ${known.integration.object} before the turn of this event of ${event.object} came.`;
      ends.push(parts.settle(finish(delivery, 'skipped', 'discarded', message)));
    } else if (leftInPause(delivery, known)) {
      ends.push(
        parts.settle(
          finish(delivery, 'skipped', 'paused', 'It happened while the integration was paused, which was resumed from then on.'),
        ),
      );
    } else if (event.changeType === 'GAP_OVERFLOW') {
      ends.push(
        parts.searchInstead(delivery, known).then(() => parts.settle(finish(delivery, 'skipped', 'gap_overflow', OVERFLOW))),
      );
    } else {
      const early = preDecide({ event, ...factsOf(known), prior: delivery.prior, now: parts.now() });
      if (early && early.kind !== 'deliver') ends.push(parts.settle(finishDecision(delivery, early)));
      else ready.push({ delivery, prepared: known });
    }
  }
  await Promise.all(ends);
  return ready;
}

const OVERFLOW =
  'Salesforce only said that very much changed at once, not which records: they are being looked up, and each gets its own row.';

/** Inside a pause that was resumed "from now": seen, and not worked off. */
function leftInPause(delivery: Delivery, { pauses }: Prepared): boolean {
  const at = Date.parse(delivery.event.eventAt);
  return pauses.some(
    (pause) =>
      pause.resumeFrom === 'now' &&
      at >= pause.pausedAt.getTime() &&
      delivery.receivedAt >= pause.pausedAt &&
      at < (pause.resumedAt?.getTime() ?? Infinity),
  );
}

const factsOf = ({ integration, program, describe, globals }: Prepared) => ({ integration, program, describe, globals });

/** A record that our own code stumbles over stops nobody else, and is not tried for ever. */
function safely(delivery: Delivery, work: () => Next): Next {
  try {
    return work();
  } catch (error) {
    const message = `Something went wrong in the relay with this record: ${error instanceof Error ? error.message : String(error)}`;
    return { kind: 'end', end: finish(delivery, 'error', 'internal_error', message) };
  }
}

type Next = { readonly kind: 'deliver'; readonly item: ToDeliver } | { readonly kind: 'end'; readonly end: Settlement };

function decideAndMap({ delivery, prepared }: Ready, result: RecordResult, now: Date): Next {
  const end = (outcome: 'skipped' | 'error', reason: Reason, message: string): Next => ({
    kind: 'end',
    end: finish(delivery, outcome, reason, message),
  });
  switch (result.kind) {
    case 'deleted':
      return end('skipped', 'record_deleted', 'The record was deleted before it could be read.');
    case 'not_readable':
      return end('error', 'record_not_readable', result.message);
    case 'found':
      break;
    default:
      result satisfies never;
  }
  const { record } = result as { record: FetchedRecord };
  const { integration } = prepared;
  const decision = decide({ event: delivery.event, ...factsOf(prepared), record, prior: delivery.prior, now });
  if (decision.kind !== 'deliver') return { kind: 'end', end: finishDecision(delivery, decision) };
  const mapped = mapIssue({
    record,
    recordId: delivery.event.recordId,
    definition: integration,
    describe: prepared.describe,
    now,
    ...prepared.mapping,
  });
  if (mapped.kind === 'error') {
    const message = mapped.problems.map((problem) => problem.message).join(' ');
    return { kind: 'end', end: finish(delivery, 'error', 'mapping_error', message, decision.steps) };
  }
  const scope = integration.duplicateScope === 'account' ? ACCOUNT_WIDE : integration.categoryId;
  const { issue, notes } = mapped;
  return { kind: 'deliver', item: { delivery, issue, notes, steps: decision.steps, accountId: prepared.accountId, scope } };
}
