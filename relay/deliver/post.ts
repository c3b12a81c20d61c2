/**
 * One ZenQMS account's POSTs: `posting` is committed in batches ahead of the slots that free up, and nothing is sent whose lease
 * could end before its answer.
 */
import type { Db } from '../db/connect.ts';
import type { Issue, NewIssue } from '../model/issue.ts';
import type { Attempt, Reason } from '../model/outcome.ts';
import { batcher } from './batcher.ts';
import { type PostingAnswer, type PostingRequest, claimId, markPosting } from './claims.ts';
import type { Limiter } from './limiter.ts';
import type { Failure, IssueApi } from './zenqms.ts';

export type Posted =
  | { readonly kind: 'created'; readonly issue: Issue; readonly attempt: Attempt }
  | { readonly kind: 'duplicate'; readonly attempt: Attempt }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly attempt: Attempt }
  | { readonly kind: 'blocked'; readonly issueId: string | null; readonly issueNumber: string | null; readonly attempt: null }
  /** The fence was gone, or the lease too short: nothing was sent. */
  | { readonly kind: 'lost' }
  /** The connection was told to rest meanwhile, or a slot came too late for the lease: nothing was sent, and the claim is still ours. */
  | { readonly kind: 'held' };

export interface Poster {
  post(request: PostingRequest, issue: NewIssue): Promise<Posted>;
  /** A search, inside the same limit as the POSTs. */
  look(ids: readonly string[]): Promise<Awaited<ReturnType<IssueApi['searchIssues']>>>;
  drain(): Promise<void>;
}

export interface PosterOptions {
  readonly db: Db;
  readonly api: IssueApi;
  readonly limiter: Limiter;
  /** How long one POST may take; the client enforces it. */
  readonly timeoutMs: number;
  readonly accountWide: () => boolean;
  readonly held: () => boolean;
  readonly monotonic: () => number;
  readonly now: () => Date;
}

/** Between the commit of `posting` and the latest start of its POST. */
const START_WITHIN_MS = 10_000;
/** What is left between a POST's time limit and its lease's end. */
const MARGIN_MS = 5_000;

export function poster(options: PosterOptions): Poster {
  const leaseMs = START_WITHIN_MS + options.timeoutMs + MARGIN_MS;
  const marks = batcher<PostingRequest, { answer: PostingAnswer; markedAt: number }>(
    async (requests) => {
      // The clock starts before the statement leaves: the lease can only be longer than thought.
      const markedAt = options.monotonic();
      const answers = await markPosting(options.db, requests, { leaseMs, accountWide: options.accountWide() });
      return requests.map((request) => ({ answer: answers.get(claimId(request)) ?? { kind: 'lost' }, markedAt }));
    },
    { max: 256, waitMs: 12, idleMs: 1 },
  );
  const gate = aheadOf(options.limiter);

  return {
    post: async (request, issue) => {
      const leave = await gate();
      try {
        if (options.held()) return { kind: 'held' };
        const { answer, markedAt } = await marks.add(request);
        if (answer.kind === 'lost') return { kind: 'lost' };
        if (answer.kind === 'blocked') return { ...answer, attempt: null };
        return await send(options, request, issue, markedAt, leave);
      } finally {
        leave();
      }
    },
    look: async (ids) => {
      const release = await options.limiter.acquire();
      const started = options.monotonic();
      const result = await options.api.searchIssues(ids);
      release({
        ok: false,
        throttled: result.kind === 'failed' && result.failure.class === 'rate_limited',
        durationMs: options.monotonic() - started,
      });
      return result;
    },
    drain: () => marks.drain(),
  };
}

async function send(
  options: PosterOptions,
  request: PostingRequest,
  issue: NewIssue,
  markedAt: number,
  leave: () => void,
): Promise<Posted> {
  const release = await options.limiter.acquire();
  leave();
  if (options.held() || options.monotonic() - markedAt > START_WITHIN_MS) {
    release({ ok: false, throttled: false, durationMs: 0 });
    return { kind: 'held' };
  }
  const at = timestamp(options.now().getTime());
  const started = options.monotonic();
  const result = await options.api.createIssue(issue, request.idempotencyKey);
  const durationMs = Math.round(options.monotonic() - started);
  release({
    ok: result.kind === 'ok',
    throttled: result.kind === 'failed' && result.failure.class === 'rate_limited',
    durationMs,
  });
  const attempt = (httpStatus: number | null, code: string, message: string): Attempt => ({
    at,
    step: 'create',
    durationMs,
    httpStatus,
    code,
    message,
  });
  if (result.kind === 'ok')
    return { kind: 'created', issue: result.value, attempt: attempt(201, 'created', `Issue ${result.value.number}`) };
  const { failure } = result;
  const tried = attempt(failure.httpStatus ?? null, failure.code ?? failure.class, failure.message);
  if (failure.class === 'duplicate') return { kind: 'duplicate', attempt: tried };
  return { kind: 'failed', failure, attempt: tried };
}

let last = { ms: 0, text: '' };

/** ISO 8601. At full speed several POSTs leave in one millisecond, and writing a date costs more than all else here. */
function timestamp(ms: number): string {
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() };
  return last.text;
}

/** Between two commits of `posting`, at full speed. */
const AHEAD_MS = 50;

/**
 * Lets in what the slots will take until the next commit, and a few more: so many that no slot waits for a commit and one commit is for
 * many, so few that no lease waits for a slot.
 */
function aheadOf(limiter: Limiter): () => Promise<() => void> {
  let inside = 0;
  const queue: (() => void)[] = [];
  const most = (): number => limiter.limit * (1 + AHEAD_MS / Math.max(4, limiter.usualMs ?? AHEAD_MS)) + 8;
  const wake = (): void => {
    while (queue.length > 0 && inside < most()) queue.shift()?.();
  };
  return () =>
    new Promise((resolve) => {
      queue.push(() => {
        inside += 1;
        let left = false;
        resolve(() => {
          if (left) return;
          left = true;
          inside -= 1;
          wake();
        });
      });
      wake();
    });
}

export function failureReason(failure: Failure): Reason {
  switch (failure.class) {
    case 'refused':
    case 'not_found':
    case 'duplicate':
      return 'zenqms_refused';
    case 'unauthorized':
    case 'forbidden_scope':
      return 'zenqms_unauthorized';
    case 'timeout':
      return failure.mayHaveHappened ? 'zenqms_in_doubt' : 'zenqms_unavailable';
    case 'rate_limited':
    case 'unavailable':
    case 'network':
    case 'bad_answer':
      return 'zenqms_unavailable';
    default:
      return failure.class satisfies never;
  }
}
