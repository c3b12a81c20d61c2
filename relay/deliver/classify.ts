/** Failure → what to do about it. */
import type { Failure } from './failure.ts';

export type Verdict =
  /** This record later, by its own schedule. */
  | { readonly kind: 'retry' }
  /** Nothing will go through this connection: it waits, with all of its records. */
  | { readonly kind: 'hold'; readonly because: 'unauthorized' | 'rate_limited' | 'away'; readonly atLeastMs: number | null }
  /** An Issue is there. */
  | { readonly kind: 'exists' }
  /** Waits for a person. */
  | { readonly kind: 'refuse' };

export function classify(failure: Failure): Verdict {
  switch (failure.class) {
    case 'unauthorized':
      return { kind: 'hold', because: 'unauthorized', atLeastMs: null };
    case 'rate_limited':
      return { kind: 'hold', because: 'rate_limited', atLeastMs: failure.retryAfterMs ?? null };
    case 'unavailable':
    case 'network':
      // 503 with Retry-After is the account's state, as is a host that nobody answers at; a lone 500 may be this record's doing.
      if (failure.retryAfterMs !== undefined || !failure.mayHaveHappened)
        return { kind: 'hold', because: 'away', atLeastMs: failure.retryAfterMs ?? null };
      return { kind: 'retry' };
    // A scope may lack for one category only: the other integrations of the connection go on.
    case 'forbidden_scope':
    case 'timeout':
    case 'bad_answer':
      return { kind: 'retry' };
    case 'duplicate':
      return { kind: 'exists' };
    case 'refused':
    case 'not_found':
      return { kind: 'refuse' };
    default:
      return failure.class satisfies never;
  }
}
