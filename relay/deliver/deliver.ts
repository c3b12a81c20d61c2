/**
 * From mapped Issues to Issues in ZenQMS, each once: claim → look up → commit `posting` → POST → settle.
 * What is in doubt (a POST that may have been carried out) is looked up until ZenQMS's search can be believed, and only then sent again.
 */
import type { Issue } from '../model/issue.ts';
import { type ClaimAnswer, type ClaimRequest, acquire, claimId } from './claims.ts';
import {
  type DeliverContext,
  type ToDeliver,
  created,
  failed,
  foreign,
  giveBack,
  keyOf,
  skipDuplicate,
  soon,
} from './outcomes.ts';
import type { Posted } from './post.ts';
import type { Failure, IssueApi } from './zenqms.ts';

/** Between two looks at a record that somebody else is at. */
const BUSY_MS = 150;
/** An Issue made this recently is taken to exist: asking whether it was deleted since would cost a call for each repeated event. */
const FRESH_MS = 5 * 60_000;

/** Settles every item, whatever happens. */
export async function deliverAll(items: readonly ToDeliver[], context: DeliverContext): Promise<void> {
  const firsts = new Map<string, ToDeliver>();
  const later: ToDeliver[] = [];
  for (const item of items) {
    const id = claimId(keyOf(item));
    if (firsts.has(id)) later.push(item);
    else firsts.set(id, item);
  }
  const answers = await acquire(context.db, [...firsts.values()].map(requestOf), {
    fence: context.fence,
    leaseMs: context.claimLeaseMs,
  });
  const asked = [...firsts].flatMap(([id, item]) => {
    const answer = answers.get(id) ?? { kind: 'busy' as const };
    return [{ item, answer }];
  });
  const lookedUp = await lookUp(asked, context);
  await Promise.all([
    ...later.map((item) => giveBack(item, null, soon(context, BUSY_MS), context)),
    ...asked.map(({ item, answer }) => one(item, answer, lookedUp, context)),
  ]);
}

const requestOf = (item: ToDeliver): ClaimRequest => ({
  ...keyOf(item),
  categoryId: item.issue.categoryId,
  deliveryId: item.delivery.id,
});

type LookedUp =
  | { readonly kind: 'ok'; readonly issues: ReadonlyMap<string, readonly Issue[]> }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** One call for a hundred records: of the new ones, those in doubt, and those whose Issue may have been deleted since. */
async function lookUp(asked: readonly { item: ToDeliver; answer: ClaimAnswer }[], context: DeliverContext): Promise<LookedUp> {
  const ids = new Set<string>();
  for (const { item, answer } of asked) {
    if (answer.kind === 'busy') continue;
    if (answer.kind === 'settled' && context.now().getTime() - answer.since.getTime() < FRESH_MS) continue;
    ids.add(item.issue.externalId);
  }
  const issues = new Map<string, Issue[]>();
  const all = [...ids];
  const calls: Promise<Awaited<ReturnType<IssueApi['searchIssues']>>>[] = [];
  for (let start = 0; start < all.length; start += 100) calls.push(context.poster.look(all.slice(start, start + 100)));
  for (const result of await Promise.all(calls)) {
    if (result.kind === 'failed') return { kind: 'failed', failure: result.failure };
    for (const issue of result.value) {
      const id = issue.externalId ?? '';
      issues.set(id, [...(issues.get(id) ?? []), issue]);
    }
  }
  return { kind: 'ok', issues };
}

async function one(item: ToDeliver, answer: ClaimAnswer, lookedUp: LookedUp, context: DeliverContext): Promise<void> {
  switch (answer.kind) {
    case 'busy':
      return giveBack(item, null, soon(context, BUSY_MS), context);
    case 'settled':
      return duplicateOfLedger(item, answer, lookedUp, context);
    case 'new':
    case 'in_doubt':
      break;
    default:
      answer satisfies never;
  }
  if (lookedUp.kind === 'failed')
    return failed(item, lookedUp.failure, answer.kind === 'in_doubt' ? 'posting' : 'free', 'look up', context);
  const found = sameIssue(item, lookedUp.issues.get(item.issue.externalId) ?? [], answer.knownIssueId);
  if (answer.kind === 'in_doubt') {
    if (found) return created(item, found, 'An earlier try had made the Issue; it was found in ZenQMS.', null, context);
    const believable = answer.postedAt.getTime() + context.searchLagMs;
    // A forced or first POST is the same here: nothing is sent again before the search can be believed.
    if (context.now().getTime() < believable) return giveBack(item, 'posting', new Date(believable), context);
    return post(item, answer.idempotencyKey || keyFor(item), true, context);
  }
  if (found && !item.delivery.force) return foreign(item, found, context);
  return post(item, keyFor(item), false, context);
}

/** In the category, or anywhere for an account-wide claim; never the one that a person said no longer counts. */
function sameIssue(item: ToDeliver, issues: readonly Issue[], known: string | null): Issue | undefined {
  return issues.find(
    (issue) =>
      (item.scope !== item.issue.categoryId || issue.categoryId === item.issue.categoryId) &&
      !(item.delivery.force && issue.id === known),
  );
}

/** The same for every repetition of one POST, another after a refusal: the Issue may look different then. */
const keyFor = (item: ToDeliver): string =>
  `${item.issue.externalId}-${item.scope}-${item.delivery.id}-${item.delivery.attempts}`;

async function post(item: ToDeliver, idempotencyKey: string, again: boolean, context: DeliverContext): Promise<void> {
  const held = context.heldUntil();
  if (held) return giveBack(item, again ? 'posting' : 'free', held, context);
  const posted = await context.poster.post(
    { ...keyOf(item), categoryId: item.issue.categoryId, fence: context.fence, idempotencyKey },
    item.issue,
  );
  return afterPost(item, posted, again, context);
}

async function afterPost(item: ToDeliver, posted: Posted, again: boolean, context: DeliverContext): Promise<void> {
  switch (posted.kind) {
    case 'created':
      return created(item, posted.issue, null, posted.attempt, context);
    case 'lost':
      return giveBack(item, null, soon(context, BUSY_MS), context);
    case 'held':
      return giveBack(item, again ? 'posting' : 'free', context.heldUntil() ?? soon(context, BUSY_MS), context);
    case 'blocked':
      if (posted.issueId === null) return giveBack(item, 'free', soon(context, BUSY_MS), context);
      return skipDuplicate(
        item,
        'free',
        posted.issueId,
        posted.issueNumber,
        'The record has an Issue in this ZenQMS account already',
        posted.attempt,
        context,
      );
    case 'duplicate': {
      const looked = await context.poster.look([item.issue.externalId]);
      const issues = looked.kind === 'ok' ? looked.value : [];
      const found = issues.find((issue) => issue.categoryId === item.issue.categoryId) ?? issues[0];
      // A repeated POST that meets its own first one: that one was carried out.
      if (again && found)
        return created(item, found, 'An earlier try had made the Issue; ZenQMS said so.', posted.attempt, context);
      return skipDuplicate(
        item,
        'foreign',
        found?.id ?? null,
        found?.number ?? null,
        'ZenQMS has an Issue for this record already',
        posted.attempt,
        context,
      );
    }
    case 'failed': {
      const after = posted.failure.mayHaveHappened ? 'posting' : again ? 'posting' : 'free';
      return failed(item, posted.failure, after, 'create', context, posted.attempt);
    }
    default:
      posted satisfies never;
  }
}

async function duplicateOfLedger(
  item: ToDeliver,
  answer: Extract<ClaimAnswer, { kind: 'settled' }>,
  lookedUp: LookedUp,
  context: DeliverContext,
): Promise<void> {
  const { issueId } = answer;
  const fresh = context.now().getTime() - answer.since.getTime() < FRESH_MS;
  let sentence = 'An Issue was made for this record before';
  if (
    issueId !== null &&
    !fresh &&
    lookedUp.kind === 'ok' &&
    !(lookedUp.issues.get(item.issue.externalId) ?? []).some((issue) => issue.id === issueId)
  ) {
    const still = await context.api.getIssue(issueId);
    if (still.kind === 'failed' && still.failure.class === 'not_found') {
      sentence = 'An Issue was made for this record before, and deleted in ZenQMS since; a retry with force makes another';
    }
  }
  return skipDuplicate(item, null, issueId, answer.issueNumber, sentence, null, context);
}
