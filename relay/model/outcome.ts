/** What became of one event × integration, and why. */

export const REASONS = [
  'created',
  'duplicate',
  'trigger_not_matched',
  'filter_false',
  'paused',
  'discarded',
  'record_deleted',
  'record_not_readable',
  'formula_error',
  'mapping_error',
  'configuration_broken',
  'gap_change_unknown',
  'gap_overflow',
  'poisoned_event',
  'zenqms_refused',
  'zenqms_unauthorized',
  'zenqms_unavailable',
  'zenqms_in_doubt',
  'salesforce_unavailable',
  'salesforce_unauthorized',
  'salesforce_refused',
  'internal_error',
] as const;
export type Reason = (typeof REASONS)[number];

export type Outcome = 'created' | 'skipped' | 'error';

/** One step of a decision, for people: the trigger, then each clause of the filter formula. */
export interface DecisionStep {
  readonly step: string;
  readonly passed: boolean | null;
  readonly message: string;
}

export type Decision =
  | { readonly kind: 'deliver'; readonly message: string; readonly steps: readonly DecisionStep[] }
  | { readonly kind: 'skip'; readonly reason: Reason; readonly message: string; readonly steps: readonly DecisionStep[] }
  | { readonly kind: 'error'; readonly reason: Reason; readonly message: string; readonly steps: readonly DecisionStep[] };

/** The end of one try of one delivery. */
export type Result =
  | { readonly kind: 'created'; readonly issueId: string; readonly issueNumber: string; readonly message: string }
  | {
      readonly kind: 'skipped';
      readonly reason: Reason;
      readonly message: string;
      readonly issueId?: string;
      readonly issueNumber?: string;
    }
  /** Waits for a person. */
  | { readonly kind: 'error'; readonly reason: Reason; readonly message: string }
  /** Tried again by itself; shown as an error until then. */
  | { readonly kind: 'retry'; readonly reason: Reason; readonly message: string; readonly retryAfterMs: number | null };

export interface Attempt {
  readonly at: string;
  readonly step: string;
  readonly durationMs: number;
  readonly httpStatus: number | null;
  readonly code: string;
  readonly message: string;
}
