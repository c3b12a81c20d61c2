/** How a call to ZenQMS can end. Expected failures are values, never exceptions. */
export type FailureClass =
  /** Wrong for good as it is. */
  | 'refused'
  /** The token is wrong or not active. */
  | 'unauthorized'
  /** The token lacks a scope. */
  | 'forbidden_scope'
  | 'not_found'
  /** An Issue with this external id exists. */
  | 'duplicate'
  | 'rate_limited'
  | 'unavailable'
  | 'timeout'
  | 'network'
  /** Something answered, but not as ZenQMS does. */
  | 'bad_answer';

export interface Failure {
  readonly class: FailureClass;
  readonly httpStatus?: number;
  /** ZenQMS's own code, or the network's. */
  readonly code?: string;
  /** A sentence, safe to show. */
  readonly message: string;
  readonly details?: readonly { readonly field: string; readonly message: string }[];
  /** What the other side asked for. */
  readonly retryAfterMs?: number;
  /** The request may have been carried out: look before it is sent again. */
  readonly mayHaveHappened: boolean;
}

export type Called<T> = { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'failed'; readonly failure: Failure };

export const failed = (failure: Failure): { readonly kind: 'failed'; readonly failure: Failure } => ({ kind: 'failed', failure });
