/** How a delivery ends without anything having been sent. */
import type { Delivery } from '../inbox/rows.ts';
import type { Finished, Retried } from '../inbox/settle.ts';
import type { Decision, DecisionStep, Outcome, Reason } from '../model/outcome.ts';

export function finish(
  delivery: Delivery,
  outcome: Exclude<Outcome, 'created'>,
  reason: Reason,
  message: string,
  steps: readonly DecisionStep[] = [],
): Finished {
  return {
    kind: 'finished',
    delivery,
    outcome,
    reason,
    message,
    issueId: null,
    issueNumber: null,
    steps,
    attempt: null,
    claim: null,
  };
}

export function finishDecision(delivery: Delivery, decision: Exclude<Decision, { kind: 'deliver' }>): Finished {
  return finish(delivery, decision.kind === 'skip' ? 'skipped' : 'error', decision.reason, decision.message, decision.steps);
}

export function retryAt(
  delivery: Delivery,
  options: { reason: Reason; message: string; nextTryAt: Date; step: string; code: string; at: Date; httpStatus?: number | null },
): Retried {
  return {
    kind: 'retried',
    delivery,
    reason: options.reason,
    message: options.message,
    nextTryAt: options.nextTryAt,
    steps: [],
    claim: null,
    attempt: {
      at: options.at.toISOString(),
      step: options.step,
      durationMs: 0,
      httpStatus: options.httpStatus ?? null,
      code: options.code,
      message: options.message,
    },
  };
}
