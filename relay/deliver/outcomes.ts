/** How the delivery of a mapped Issue ends, and what its claim becomes with it. */
import type { Db } from '../db/connect.ts';
import type { Delivery } from '../inbox/rows.ts';
import type { ClaimChange, Settlement } from '../inbox/settle.ts';
import type { Issue, NewIssue } from '../model/issue.ts';
import type { Attempt, DecisionStep } from '../model/outcome.ts';
import { nextTry } from './backoff.ts';
import { type Poster, failureReason } from './post.ts';
import type { Failure, IssueApi } from './zenqms.ts';

export interface ToDeliver {
  readonly delivery: Delivery;
  readonly issue: NewIssue;
  readonly accountId: string;
  readonly scope: string;
  /** What the log shall say beside the outcome: "the due-date field was empty …". */
  readonly notes: readonly string[];
  readonly steps: readonly DecisionStep[];
}

export interface DeliverContext {
  readonly db: Db;
  readonly api: IssueApi;
  readonly poster: Poster;
  readonly settle: (settlement: Settlement) => Promise<void>;
  readonly fence: string;
  /** How long a claim that was taken may wait for its POST. */
  readonly claimLeaseMs: number;
  /** How long after a POST ZenQMS's search may still not show it. */
  readonly searchLagMs: number;
  /** The connection rests: nothing more is sent until then. */
  readonly heldUntil: () => Date | null;
  readonly hold: (failure: Failure) => Promise<Date | null>;
  readonly now: () => Date;
  readonly jitter: () => number;
}

export const keyOf = (item: ToDeliver) => ({ accountId: item.accountId, recordId: item.issue.externalId, scope: item.scope });

const withNotes = (message: string, item: ToDeliver): string => [message, ...item.notes].join(' ');

function claim(
  item: ToDeliver,
  state: ClaimChange['state'] | null,
  fence: string,
  issue?: { id: string | null; number: string | null },
): ClaimChange | null {
  if (state === null) return null;
  return { ...keyOf(item), fence, state, issueId: issue?.id ?? null, issueNumber: issue?.number ?? null };
}

export function created(
  item: ToDeliver,
  issue: Issue,
  how: string | null,
  attempt: Attempt | null,
  context: DeliverContext,
): Promise<void> {
  return context.settle({
    kind: 'finished',
    delivery: item.delivery,
    outcome: 'created',
    reason: 'created',
    message: withNotes(`Issue ${issue.number} was created.${how ? ` ${how}` : ''}`, item),
    issueId: issue.id,
    issueNumber: issue.number,
    steps: item.steps,
    attempt,
    claim: claim(item, 'created', context.fence, issue),
  });
}

export function foreign(item: ToDeliver, issue: Issue, context: DeliverContext): Promise<void> {
  return skipDuplicate(item, 'foreign', issue.id, issue.number, 'ZenQMS has an Issue for this record already', null, context);
}

export function skipDuplicate(
  item: ToDeliver,
  state: ClaimChange['state'] | null,
  issueId: string | null,
  issueNumber: string | null,
  sentence: string,
  attempt: Attempt | null,
  context: DeliverContext,
): Promise<void> {
  return context.settle({
    kind: 'finished',
    delivery: item.delivery,
    outcome: 'skipped',
    reason: 'duplicate',
    message: `${sentence}${issueNumber ? `: ${issueNumber}` : ''}.`,
    issueId,
    issueNumber,
    steps: item.steps,
    attempt,
    claim: claim(item, state, context.fence, { id: issueId, number: issueNumber }),
  });
}

export const soon = (context: DeliverContext, ms: number): Date => new Date(context.now().getTime() + ms);

export function giveBack(
  item: ToDeliver,
  state: ClaimChange['state'] | null,
  dueAt: Date,
  context: DeliverContext,
): Promise<void> {
  return context.settle({ kind: 'returned', delivery: item.delivery, dueAt, claim: claim(item, state, context.fence) });
}

export async function failed(
  item: ToDeliver,
  failure: Failure,
  state: 'posting' | 'free',
  step: string,
  context: DeliverContext,
  given: Attempt | null = null,
): Promise<void> {
  const heldUntil = await context.hold(failure);
  const { delivery } = item;
  const attempt = given ?? {
    at: context.now().toISOString(),
    step,
    durationMs: 0,
    httpStatus: failure.httpStatus ?? null,
    code: failure.code ?? failure.class,
    message: failure.message,
  };
  const common = { delivery, steps: item.steps, attempt, claim: claim(item, state, context.fence) };
  const reason = failureReason(failure);
  if (reason === 'zenqms_refused') {
    const message = `ZenQMS refused the Issue: ${failure.message}`;
    return context.settle({ kind: 'finished', outcome: 'error', reason, message, issueId: null, issueNumber: null, ...common });
  }
  const due =
    heldUntil ??
    nextTry(delivery.attempts + 1, {
      now: context.now(),
      firstFailedAt: delivery.firstFailedAt,
      jitter: context.jitter(),
      retryAfterMs: failure.retryAfterMs,
    });
  if (due === null) {
    const message = `${failure.message} It was tried ${delivery.attempts + 1} times over three days; retry it when ZenQMS answers again.`;
    return context.settle({ kind: 'finished', outcome: 'error', reason, message, issueId: null, issueNumber: null, ...common });
  }
  const message = `${failure.message} It will be tried again by itself.`;
  return context.settle({ kind: 'retried', reason, message, nextTryAt: due, ...common });
}
